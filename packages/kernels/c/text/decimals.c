#include "target/target.h"

/* 10^k for k = -SMALLEST_POWER..53; from 0 to LARGEST_POWER a float64 holds them exactly. */
static const double TENS[] = {1e-44, 1e-43, 1e-42, 1e-41, 1e-40, 1e-39, 1e-38, 1e-37, 1e-36, 1e-35, 1e-34, 1e-33, 1e-32, 1e-31,
                              1e-30, 1e-29, 1e-28, 1e-27, 1e-26, 1e-25, 1e-24, 1e-23, 1e-22, 1e-21, 1e-20, 1e-19, 1e-18, 1e-17,
                              1e-16, 1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9,  1e-8,  1e-7,  1e-6,  1e-5,  1e-4,  1e-3,
                              1e-2,  1e-1,  1e0,   1e1,   1e2,   1e3,   1e4,   1e5,   1e6,   1e7,   1e8,   1e9,   1e10,  1e11,
                              1e12,  1e13,  1e14,  1e15,  1e16,  1e17,  1e18,  1e19,  1e20,  1e21,  1e22,  1e23,  1e24,  1e25,
                              1e26,  1e27,  1e28,  1e29,  1e30,  1e31,  1e32,  1e33,  1e34,  1e35,  1e36,  1e37,  1e38,  1e39,
                              1e40,  1e41,  1e42,  1e43,  1e44,  1e45,  1e46,  1e47,  1e48,  1e49,  1e50,  1e51,  1e52,  1e53};
enum { SMALLEST_POWER = 44, LARGEST_POWER = 22, MOST_DIGITS = 19 };
static const double *const POWERS = TENS + SMALLEST_POWER;

#define BYTES(x) (0x0101010101010101u * (x))

/* Eight ASCII characters, the first in the lowest byte: whether all are digits, which have 3 in the upper
   half and stay there when 6 is added. */
INLINE int eight_digits(uint64_t text) {
  return (text & (text + BYTES(6)) & BYTES(0xf0)) == BYTES(0x30) && ((text | (text + BYTES(6))) & BYTES(0xf0)) == BYTES(0x30);
}

/* Their number: pairs, then fours, then all. */
INLINE uint64_t number_of_eight(uint64_t text) {
  text &= BYTES(0x0f);
  text = (text * 10 + (text >> 8)) & 0x00ff00ff00ff00ffu;
  text = (text * 100 + (text >> 16)) & 0x0000ffff0000ffffu;
  return (text * 10000 + (text >> 32)) & 0xffffffffu;
}

/* Reads digits onto `number`, which wraps around where there are too many; returns where they end. */
INLINE const uint8_t *read_digits(const uint8_t *at, uint64_t *number) {
  uint64_t text;
  while (__builtin_memcpy(&text, at, 8), eight_digits(text)) *number = *number * 100000000 + number_of_eight(text), at += 8;
  for (; (uint8_t)(*at - '0') < 10; at++) *number = *number * 10 + (uint64_t)(*at - '0');
  return at;
}

INLINE const uint8_t *skip_space(const uint8_t *at) {
  while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') at++;
  return at;
}

/* One JSON number, rounded to float64 and then to float32. Returns its end, or 0 if there is no number or
   plain arithmetic is not exact. */
INLINE const uint8_t *read_decimal(const uint8_t *at, float *to) {
  const int negative = *at == '-';
  const uint8_t *const whole = at += negative;
  uint64_t number = 0;
  at = read_digits(at, &number);
  if (at == whole || (*whole == '0' && at > whole + 1)) return 0;
  /* Those behind leading zeros. */
  int digits = *whole == '0' ? 0 : (int)(at - whole), exponent = 0;
  if (*at == '.') {
    const uint8_t *const fraction = ++at;
    while (digits == 0 && *at == '0') at++;
    const uint8_t *const first = at;
    at = read_digits(at, &number);
    exponent = (int)(fraction - at);
    if (exponent == 0) return 0;
    digits += (int)(at - first);
  }
  if ((*at | 32) == 'e') {
    at++;
    const int down = *at == '-';
    if (down || *at == '+') at++;
    const uint8_t *const order = at;
    uint64_t power = 0;
    at = read_digits(at, &power);
    if (at == order || at > order + 3) return 0;
    exponent += down ? -(int)power : (int)power;
  }
  if (digits > MOST_DIGITS || exponent < -SMALLEST_POWER || exponent > SMALLEST_POWER) return 0;
  /* Rounded once if the number is below 2^53 and the power exact (Clinger 1990), else three times at most:
     then no border between two floats may be near. */
  const int once = number >> 53 == 0 && exponent >= -LARGEST_POWER && exponent <= LARGEST_POWER;
  const double rounded = (double)number;
  const double value = once && exponent < 0 ? rounded / POWERS[-exponent] : rounded * POWERS[exponent];
  if (!once && (float)(value * (1 - 0x1p-50)) != (float)(value * (1 + 0x1p-50))) return 0;
  const float result = (float)value;
  if (result > __FLT_MAX__) return 0;
  *to = negative ? -result : result;
  return at;
}

/* Reads a text of numbers with commas between them. Returns their count, or 0 if there are more than `most`,
   a number that `read_decimal` does not read, or anything else. No digit may follow the text. */
EXPORT int read_decimals(const uint8_t *bytes, int length, int most, float *numbers) {
  const uint8_t *const end = bytes + length;
  for (int count = 0; count < most; bytes++) {
    bytes = read_decimal(skip_space(bytes), numbers + count++);
    if (!bytes) return 0;
    bytes = skip_space(bytes);
    if (bytes == end) return count;
    if (*bytes != ',') return 0;
  }
  return 0;
}

/* The digits of a number below 10^8 as eight characters, the first in the lowest byte. Splits it into halves,
   then pairs, then digits, each by a product that is exact at this size. */
INLINE uint64_t text_of_eight(uint32_t number) {
  const uint64_t halves = number / 10000 | (uint64_t)(number % 10000) << 32;
  const uint64_t hundreds = halves * 10486 >> 20 & 0x0000007f0000007fu, pairs = hundreds | (halves - 100 * hundreds) << 16;
  const uint64_t tens = pairs * 103 >> 10 & 0x000f000f000f000fu;
  return (tens | (pairs - 10 * tens) << 8) + BYTES('0');
}

/* A finite number rounded to nine significant digits, as JSON has it, without zeros at the end. Nine digits
   give every float back: half a unit in the ninth digit is less than a sixth of half the distance to its
   neighbours. Returns the end. May write up to LONGEST bytes. */
enum { DIGITS = 9, LONGEST = 24 };
INLINE uint8_t *write_decimal(uint8_t *at, float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, 4);
  if (bits >> 31) *at++ = '-';
  const double size = __builtin_fabsf(value);
  if (size == 0) return *at = '0', at + 1;
  /* First the exponent of the power of two at or below it (78913 / 2^18 is log10(2) from below), then its
     own. */
  const int binary = (int)(bits >> 23 & 255);
  int exponent = binary ? (binary - 127) * 78913 >> 18 : -45;
  while (size >= POWERS[exponent + 1]) exponent++;
  uint32_t digits = (uint32_t)(size * POWERS[DIGITS - 1 - exponent] + 0.5);
  if (digits == 1000000000) digits = 100000000, exponent++;
  const uint64_t later = text_of_eight(digits % 100000000), zeros = later ^ BYTES('0');
  const int count = zeros ? DIGITS - __builtin_clzll(zeros) / 8 : 1;
  uint8_t text[DIGITS + 8] = {(uint8_t)('0' + digits / 100000000)};
  __builtin_memcpy(text + 1, &later, 8);
  if (exponent < 0 && exponent >= -5) {
    __builtin_memcpy(at, "0.000000", 8);
    at += 1 - exponent;
    __builtin_memcpy(at, text, DIGITS);
    return at + count;
  }
  const int plain = exponent >= 0 && exponent < DIGITS, whole = plain ? exponent + 1 : 1;
  __builtin_memcpy(at, text, DIGITS);
  if (count > whole) __builtin_memcpy(at + whole + 1, text + whole, 8), at[whole] = '.';
  at += count > whole ? count + 1 : whole;
  if (plain) return at;
  *at++ = 'e';
  if (exponent < 0) *at++ = '-';
  const int order = exponent < 0 ? -exponent : exponent;
  if (order > 9) *at++ = (uint8_t)('0' + order / 10);
  *at++ = (uint8_t)('0' + order % 10);
  return at;
}

/* Writes `count` numbers with commas between them into bytes, which must have room for LONGEST of them each.
   Returns the length of the text, or -1 if a number is not finite. */
EXPORT int write_decimals(const float *numbers, int count, uint8_t *bytes) {
  uint8_t *at = bytes;
  for (int k = 0; k < count; k++) {
    if (!__builtin_isfinite(numbers[k])) return -1;
    if (k > 0) *at++ = ',';
    at = write_decimal(at, numbers[k]);
  }
  return (int)(at - bytes);
}
