"""The DALEC evergreen model and the synthetic climatology in NumPy, written from the published equations in their published
form (extended precision, since that form cancels at small leaf areas). Writes dalec.json."""
import json
import os

import numpy as np

LD = np.longdouble
PI = LD(np.pi)
A = {i: LD(x) for i, x in zip(range(2, 11), ["0.0156935", "4.22273", "208.868", "0.0453194", "0.37836", "7.19298", "0.011136", "2.1001", "0.789798"])}


def declination(day):
    return -LD("23.4") * PI / 180 * np.cos(2 * PI * (day + 10) / 365)


def sunset(latitude, day):
    return np.arccos(np.clip(-np.tan(latitude) * np.tan(declination(day)), -1, 1))


def climatology(latitude=62, mean=3.5, amplitude=12.5, ranges=(5, 11), transmission=(0.3, 0.46), co2=(390, 7)):
    day = np.arange(1, 366).astype(LD)
    phi = LD(latitude) * PI / 180
    season = lambda lowest: -np.cos(2 * PI * (day - lowest) / 365)
    between = lambda ends, s: LD(ends[0]) + (LD(ends[1]) - LD(ends[0])) * (s + 1) / 2
    omega, delta = sunset(phi, day), declination(day)
    top = LD(86400) * LD(1361) / 10 ** 6 / PI * (1 + LD("0.033") * np.cos(2 * PI * day / 365)) * (
        omega * np.sin(phi) * np.sin(delta) + np.cos(phi) * np.cos(delta) * np.sin(omega))
    middle, half = LD(mean) + LD(amplitude) * season(25), between(ranges, season(-10)) / 2
    return dict(latitude=phi, day=day, tmin=middle - half, tmax=middle + half,
                radiation=between(transmission, season(-10)) * np.maximum(top, 0), co2=co2[0] - co2[1] * season(110))


def gpp(lai, a1, tmin, tmax, radiation, ca, hours, psi=LD(-2), rtot=LD(1)):
    g = abs(psi) ** A[10] / (A[6] * rtot + (tmax - tmin) / 2)
    p = lai * a1 * np.exp(A[8] * tmax) / g
    q = A[3] - A[4]
    ci = (ca + q - p + np.sqrt((ca + q - p) ** 2 - 4 * (ca * q - p * A[3]))) / 2
    e0 = A[7] * lai ** 2 / (lai ** 2 + A[9])
    cps = e0 * radiation * g * (ca - ci) / (e0 * radiation + g * (ca - ci))
    return cps * (A[2] * hours + A[5])


def run(rows, litter, soil, years, averaged, weather):
    (p1, fauto, ffol, froot, life, twood, troot, plit, psoil, theta, a1, lma, cf, cr, cw) = rows.T.astype(LD)
    cl, cs = np.full_like(cf, litter), np.full_like(cf, soil)
    hours = 24 * sunset(weather["latitude"], weather["day"]) / PI
    sums = np.zeros((len(rows), 10), LD)
    for year in range(years):
        for d in range(365):
            lai = cf / lma
            production = gpp(lai, a1, weather["tmin"][d], weather["tmax"][d], weather["radiation"][d], weather["co2"][d], hours[d])
            rate = np.exp(theta * (weather["tmin"][d] + weather["tmax"][d]) / 2)
            ra = fauto * production
            npp = production - ra
            af = ffol * npp
            ar = froot * (npp - af)
            aw = npp - af - ar
            lf, lr, lw = cf / (life * LD("365.25")), troot * cr, twood * cw
            rh1, rh2, decomposed = plit * rate * cl, psoil * rate * cs, p1 * rate * cl
            if year >= years - averaged:
                sums += np.column_stack([production, ra + rh1 + rh2 - production, ra, rh1 + rh2, lai, cf, cr, cw, cl, cs])
            cf, cr, cw = cf + af - lf, cr + ar - lr, cw + aw - lw
            cl, cs = cl + lf + lr - rh1 - decomposed, cs + lw + decomposed - rh2
    return sums / (averaged * 365)


rng = np.random.default_rng(5)
site = np.array([4.41e-6 / 2, .47, .315, .4344, 1 / (365.25 * 2.665e-3), 2.06e-6, 2.48e-3, 1.14e-2, 1.325e-6, .0692, 31.08, 111, 400, 400, 13000])
site_rows = site * 1.2 ** rng.uniform(-1, 1, (50, 15))
low = np.array([1e-5, .2, .01, .01, .15, 9e-6, 1.37e-3, 1e-4, 1.37e-6, .019, 5, 5, 1, 20, 1])
high = np.array([1e-2, .8, .5, 1, 8, 1e-3, 1e-2, 1e-2, 9.13e-5, .08, 50, 200, 2000, 2000, 1e5])
global_rows = low * (high / low) ** rng.uniform(0, 1, (50, 15))

weather = climatology()
lai = np.array([0.01, 0.3, 1, 3, 8])
canopy = [[float(l), int(d), float(gpp(LD(l), LD(20), weather["tmin"][d], weather["tmax"][d], weather["radiation"][d],
                                       weather["co2"][d], 24 * sunset(weather["latitude"], weather["day"])[d] / PI))]
          for l in lai for d in (0, 79, 171, 265)]
out = dict(
    climatology={key: [float(x) for x in weather[key][::40]] for key in ("tmin", "tmax", "radiation", "co2")},
    canopy=canopy,
    dayLength=[[latitude, day, float(24 * sunset(LD(latitude) * PI / 180, LD(day)) / PI)]
               for latitude in (-75, 0, 44.4, 62, 80) for day in (1, 80, 172, 266, 355)],
    site=dict(rows=site_rows.ravel().tolist(), outputs=[float(x) for x in run(site_rows, 140, 9900, 5, 1, weather).ravel()]),
    **{"global": dict(rows=global_rows.ravel().tolist(), outputs=[float(x) for x in run(global_rows, 200, 10000, 3, 2, weather).ravel()])},
)
with open(os.path.splitext(__file__)[0] + ".json", "w") as file:
    json.dump(out, file)
