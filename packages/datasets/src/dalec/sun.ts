import acos from "@stdlib/math-base-special-acos";
import cos from "@stdlib/math-base-special-cos";
import tan from "@stdlib/math-base-special-tan";

const radian = Math.PI / 180;

/** Declination of the sun in radians: -23.4 degrees * cos(360 degrees * (day + 10) / 365), as in Williams et
 *  al. (1997). */
export function declination(day: number): number {
  return -23.4 * radian * cos((2 * Math.PI * (day + 10)) / 365);
}

/** Hour angle of sunset in radians, from 0 (polar night) to pi (midnight sun): acos(-tan(latitude)
 *  tan(declination)). */
export function sunsetAngle(latitude: number, declination: number): number {
  const product = tan(latitude) * tan(declination);
  if (product >= 1) return Math.PI;
  return product <= -1 ? 0 : acos(-product);
}

/** Length of the day in hours. latitude in degrees north; day of the year from 1. */
export function dayLength(day: number, latitude: number): number {
  return (24 / Math.PI) * sunsetAngle(latitude * radian, declination(day));
}
