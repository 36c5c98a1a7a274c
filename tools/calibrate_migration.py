#!/usr/bin/env python3
"""Estimate the parameters of migration, reclassification and hukou from data up to 2010.

Reads the census and origin-destination tables (--data), writes data/china/{migration,
migration_province,departure_profile,reclassification}.csv (--out) and prints every answer that
docs/calibration.md quotes. Offline: the simulator reads only the CSV files. Needs numpy.
No value after 2010 enters. Lines of the output files carry kind = published | estimated | assumption.
"""
import argparse
import csv
import os
import re
from collections import defaultdict

import numpy as np

CLASSES = ["in_county", "in_province", "other_province"]
AGES = ["0", "1-4"] + [f"{a}-{a + 4}" for a in range(5, 85, 5)] + ["85+"]
LOW = np.array([0, 1] + list(range(5, 90, 5)))
HIGH = np.array([0, 4] + list(range(9, 85, 5)) + [100])

# Published national figures, millions. Census 2000 and 2010: NBS tabulations; floating population
# (away from the township of registration for half a year, without moves inside a city's districts):
# NBS communiques of the 2000 and 2010 censuses and of the 2005 1 % survey.
STOCK_2000 = np.array([65.63, 36.34, 42.42])
FLOATING = {2000: 121.07, 2005: 147.35, 2010: 221.43}
OTHER_PROVINCE = {2000: 42.42, 2005: 47.79, 2010: 85.88}
# Farm-worker survey (NBS 2009, 2010 reports): workers away from the township, share in other provinces.
FARM_WORKERS = {2008: (140.41, 0.533), 2009: (145.33, 0.512), 2010: (153.35, 0.503)}
URBAN_2000, POP_2000 = 458.77, 1242.61  # civilians, short-form tabulation: 36.92 % (36.22 % with the
# military and before revision: both ends must be civilian, since the county table of 2010 is)
NONAG_2000 = 0.247
# Non-agricultural share of the registered population, Ministry of Public Security (China Population and
# Employment Statistics Yearbook): 2000, 2010. The official hukou urbanisation rate continues this series.
REGISTER = (0.2608, 0.3417)
PLAN_MILLION = 100  # national plan of new-type urbanisation 2014-2020: a goal of 2014, not an observation
# Urban share 2000 by province, %, 2000 census (NBS, China Statistical Yearbook 2001, table 4-5).
URBAN_SHARE_2000 = dict(zip(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split(),
    [77.54, 71.99, 26.08, 34.91, 42.68, 54.24, 49.68, 51.54, 88.31, 41.49, 48.67, 27.81, 41.57, 27.67,
     38.00, 23.20, 40.22, 29.75, 55.00, 28.15, 40.11, 33.09, 26.69, 23.87, 23.36, 18.93, 32.26, 24.01,
     34.76, 32.43, 33.82]))

# Priors (assumptions): no tabulation up to 2010 gives them. See docs/calibration.md.
RETURN_BASE = np.array([0.055, 0.070, 0.085])  # per year at 3-4 years of stay, age 25-34
RETURN_DURATION = [1.8, 1.5, 1.2, 1.0, 1.0, 0.7, 0.7, 0.7, 0.7, 0.7, 0.45]  # full years, last: 10 and more
RETURN_AGE = [(0, 1.0), (16, 1.0), (25, 1.0), (35, 1.0), (45, 1.25), (55, 1.5), (65, 1.0)]
SETTLE = np.array([0.004, 0.006, 0.004])  # hukou moved to the place of residence, per migrant and year
BIRTHS_AWAY = 0.7   # children of migrant mothers that live with them in their first year
URBAN_OF_MIGRANTS = 0.85  # share of the registered-elsewhere living in urban parts
HUKOU_MOVERS = 35.0       # rural-born students and spouses who moved with their hukou to a town, 2000-2010


def number(text):
    return float(text) if text not in ("", None) else 0.0


def weighted_ols(y, X, w):
    ok = np.isfinite(y) & np.isfinite(X).all(axis=1) & (w > 0)
    y, X, w = y[ok], X[ok], w[ok]
    s = np.sqrt(w)[:, None]
    b = np.linalg.lstsq(X * s, y * s[:, 0], rcond=None)[0]
    e = y - X @ b
    bread = np.linalg.inv((X * s).T @ (X * s))
    meat = (X * w[:, None] * e[:, None]).T @ (X * w[:, None] * e[:, None])
    mean = (w * y).sum() / w.sum()
    return b, np.sqrt(np.diag(bread @ meat @ bread)), 1 - (w * e * e).sum() / (w * (y - mean) ** 2).sum(), len(y)


def ppml(y, X, rounds=100):
    """Poisson pseudo-maximum likelihood (Santos Silva & Tenreyro 2006): log-linear mean, levels count."""
    b = np.zeros(X.shape[1])
    b[0] = np.log(y.mean())
    for _ in range(rounds):
        mu = np.exp(np.clip(X @ b, -30, 30))
        b = np.linalg.solve(X.T @ (X * mu[:, None]), X.T @ (mu * (X @ b) + y - mu))
    mu = np.exp(X @ b)
    bread = np.linalg.inv(X.T @ (X * mu[:, None]))
    meat = (X * (y - mu)[:, None]).T @ (X * (y - mu)[:, None])
    return b, np.sqrt(np.diag(bread @ meat @ bread)), np.corrcoef(y, mu)[0, 1] ** 2


def show(title, names, b, se, r2, n=None):
    print(f"  {title}: R2 {r2:.3f}" + (f", n {n}" if n else ""))
    print("    " + "  ".join(f"{k} {v:.3f} ({s:.3f})" for k, v, s in zip(names, b, se)))


class Tables:
    def __init__(self, data):
        read = lambda name: list(csv.DictReader(open(os.path.join(data, name), encoding="utf-8-sig")))
        self.county = read("census2010_county_core.csv")
        column = lambda key: np.array([number(r[key]) for r in self.county])
        self.code = [r["code"] for r in self.county]
        self.province = np.array([c[:2] for c in self.code])
        self.provinces = sorted(set(self.province))
        self.pop, self.urban, self.hukou = column("pop"), column("urban"), column("hukou_pop")
        self.birth, self.death = column("birth_rate") / 1000, column("death_rate") / 1000
        self.nonag = column("nonag_hukou_pct") / 100
        self.stock = np.c_[column("mig_in_county"), column("mig_in_prov"), column("mig_other_prov")]
        self.out = self.hukou - (self.pop - self.stock[:, 1] - self.stock[:, 2])
        self.age = np.array([[number(r[s + "_" + a]) for s in "mf" for a in AGES] for r in self.county])
        gdp = {r["code"][:4]: number(r["gdp2010_1e8yuan"]) / number(r["pop2010_1e4"]) * 1e4
               for r in read("prefecture_gdp_2010.csv") if number(r["pop2010_1e4"]) > 0}
        self.gdp = np.array([gdp.get(c[:4]) or (gdp.get(c[:2] + "01") if c[:2] in ("11", "12", "31", "50") else None)
                             or np.nan for c in self.code], float)
        fallback = np.exp(np.nanmean(np.log(self.gdp)))
        for p in self.provinces:
            inside = self.province == p
            known = self.gdp[inside & np.isfinite(self.gdp)]
            self.gdp[inside & ~np.isfinite(self.gdp)] = np.exp(np.log(known).mean()) if len(known) else fallback
        self.od = defaultdict(float)
        for r in read("od_province_1995_2000_2005.csv"):
            self.od[r["year"], r["orig_kind"], r["dest_prov"], r["orig_prov"]] += number(r["count_sample"])
        self.birthplace = {(r["year"], r["dest_prov"], r["orig_prov"]): number(r["count_sample"])
                           for r in read("od_province_birthplace_2000_2010.csv")}
        self.town_2000 = read("townships_2000_12prov.csv")
        self.mortality = {s: {int(r["age"].rstrip("+")): number(r["2005-2010"]) for r in csv.DictReader(
            open(os.path.join(data, "wpp2024_china", f"china_mx{s}5.txt")), delimiter="\t")} for s in "MF"}
        self.fertility = {r["age"]: number(r["2010"]) for r in csv.DictReader(
            open(os.path.join(data, "wpp2024_china", "china_percentASFR5.txt")), delimiter="\t")}

    def by_province(self, x):
        return np.array([x[self.province == p].sum() for p in self.provinces])


def national_growth(t):
    """(a) yearly net growth of the three stocks in the first simulated year, millions."""
    stock = t.stock.sum(0) / 1e6
    linear, rate = (stock - STOCK_2000) / 10, np.log(stock / STOCK_2000) / 10
    print("(a) national stocks, millions")
    for k, name in enumerate(CLASSES):
        print(f"  {name:15s} 2000 {STOCK_2000[k]:7.2f}  2010 {stock[k]:7.2f}  linear {linear[k]:.2f} a year,"
              f" exponential {100 * rate[k]:.1f} % = {rate[k] * stock[k]:.2f} in 2011")
    within = {y: FLOATING[y] - OTHER_PROVINCE[y] for y in FLOATING}
    print("  floating within the province: %.2f, %.2f, %.2f: +%.2f a year 2000-05, +%.2f 2005-10" % (
        *within.values(), (within[2005] - within[2000]) / 5, (within[2010] - within[2005]) / 5))
    print("  other province: +%.2f a year 2000-05, +%.2f 2005-10 (the 2005 survey missed migrants)" % (
        (OTHER_PROVINCE[2005] - OTHER_PROVINCE[2000]) / 5, (OTHER_PROVINCE[2010] - OTHER_PROVINCE[2005]) / 5))
    away = {y: (n * s, n * (1 - s)) for y, (n, s) in FARM_WORKERS.items()}
    print("  farm workers 2008-10: other province %+.2f a year, within %+.2f" % (
        (away[2010][0] - away[2008][0]) / 2, (away[2010][1] - away[2008][1]) / 2))
    # Other province: the decade's linear pace (the farm-worker survey shows it slowing, the 2005 dip makes
    # 2005-10 look faster). Within the province: the pace of 2005-10, plus the decade's pace of moves
    # inside city districts; split by the decade's increments of the two classes.
    city = (stock.sum() - FLOATING[2010] - (STOCK_2000.sum() - FLOATING[2000])) / 10
    inside = (within[2010] - within[2005]) / 5 + city
    split = linear[:2] / linear[:2].sum()
    growth = np.array([inside * split[0], inside * split[1], linear[2]])
    print("  chosen for 2011 (millions a year): " + ", ".join(f"{c} {g:.2f}" for c, g in zip(CLASSES, growth)))
    return growth, stock


def province_growth(t):
    """Where growth goes among provinces: stock against momentum, other-province migrants."""
    def margin(year, of_destination, total):
        v = np.array([sum(n for (y, kind, d, o), n in t.od.items() if y == year and kind == "all" and d != o
                          and (d if of_destination else o) == p) for p in t.provinces])
        return v / v.sum() * total
    d00, d05 = margin("2000", True, 42.42), margin("2005", True, 47.79)
    o00 = margin("2000", False, 42.42)
    d10 = t.by_province(t.stock[:, 2]) / 1e6
    out = np.maximum(t.by_province(t.hukou) - t.by_province(t.pop) + t.by_province(t.stock[:, 2]), 2e4)
    o10 = out / out.sum() * d10.sum()
    one = np.ones(len(d10))
    print("    other-province migrants by province (region order of codes)")
    show("increment 2005-10 on stock 2005 and increment 2000-05", ["1", "stock", "increment"],
         *weighted_ols(d10 - d05, np.c_[one, d05, d05 - d00], one))
    show("increment 2005-10 on stock 2005", ["1", "stock"], *weighted_ols(d10 - d05, np.c_[one, d05], one))
    gdp = np.log(t.by_province(t.gdp * t.pop) / t.by_province(t.pop))
    show("increment 2000-10 by PPML", ["1", "ln stock 2000", "ln gdp"],
         *ppml(np.maximum(d10 - d00, 0), np.c_[one, np.log(d00), gdp - gdp.mean()]))
    show("out-stock increment 2000-10 by PPML", ["1", "ln out-stock 2000"],
         *ppml(np.maximum(o10 - o00, 0), np.c_[one, np.log(o00)]))
    b = weighted_ols(d10 - d05, np.c_[one, d05, d05 - d00], one)[0]
    momentum = np.maximum(b[1] * d10 + b[2] * (d10 - d05), 0)
    share = 0.5 * momentum / momentum.sum() + 0.5 * (d10 - d00) / (d10 - d00).sum()
    print("  share of the growth by province: " + ", ".join(
        f"{p} {100 * s:.1f}% (stock {100 * d / d10.sum():.1f}%)" for p, s, d in zip(t.provinces, share, d10) if s > .02))
    # Origins: lifetime out-migrants by province of birth, 2000 and 2010 (scaled to 9.5 % samples), say whose numbers
    # still grow; the level is the mean of OD 2005 and of registered less resident 2010.
    born = {y: np.array([sum(n for (year, d, o), n in t.birthplace.items() if year == y and d != o and o == p)
                         for p in t.provinces]) / 0.095 for y in ("2000", "2010")}
    rise = np.maximum(born["2010"] - born["2000"], 0)
    level = 0.5 * margin("2005", False, 1.0) + 0.5 * out / out.sum()
    leaving = GROSS_GROWTH * (0.5 * rise / rise.sum() + 0.5 * level) + (1 - GROSS_GROWTH) * level
    print("  share of departures by origin province: " + ", ".join(
        f"{p} {100 * s:.1f}% (stock {100 * v:.1f}%, lifetime out-migrants {100 * r / rise.sum():.1f}%)"
        for p, s, v, r in zip(t.provinces, leaving, level, rise) if s > .04))
    return dict(zip(t.provinces, share)), dict(zip(t.provinces, leaving))


GROSS_GROWTH = 0.38  # growth as a part of the gross departures to other provinces (4.35 of 11.4 million, part b)
PROVINCE_2000 = {"上海": "31", "北京": "11", "天津": "12", "云南": "53", "内蒙古": "15", "吉林": "22", "四川": "51",
                 "宁夏": "64", "安徽": "34", "山东": "37", "广东": "44", "新疆": "65"}


def short(name):
    name = name.replace("巿", "市")
    return name[:-1] if len(name) > 2 and name[-1] in "县区市旗" else name


def backtest(t):
    """(c) 2000 to 2010 on 12 provinces: what of 2010 was the decade's flow, and what predicts growth."""
    old, match = defaultdict(lambda: np.zeros(2)), defaultdict(list)
    for r in t.town_2000:
        old[PROVINCE_2000[r["prov"]], r["parent"].replace("巿", "市")] += (
            number(r["pop"]), number(r["pop"]) - number(r["local_hukou_resident"]))
    for key in old:
        match[key[0], short(key[1])].append(old[key])
    index = defaultdict(list)
    for i, r in enumerate(t.county):
        index[r["code"][:2], short(r["name"])].append(i)
    rows, old_rows = [], []
    for key, where in index.items():
        if len(where) == 1 and len(match.get(key, [])) == 1:
            before = match[key][0]
            if before[0] > 20000 and 0.6 < t.pop[where[0]] / before[0] < 1.8:
                rows.append(where[0])
                old_rows.append(before)
    i, (p0, m0) = np.array(rows), np.array(old_rows).T
    print(f"(c) backtest: {len(i)} counties of 12 provinces matched by name, ratio 0.6-1.8")
    natural = 10 * (t.birth[i] - t.death[i] + 0.0009)  # 2000-10 national rate was 0.9 per mille above 2010's
    net = np.exp(np.log(t.pop[i] / p0) - natural) - 1
    s = t.stock[i] / p0[:, None]
    out = t.out[i] / p0
    one, w = np.ones(len(i)), p0 / p0.mean()
    show("net migration of the decade on the net stock 2010", ["1", "net stock"],
         *weighted_ols(net, np.c_[one, s[:, 1] + s[:, 2] - out], w))
    show("on the stocks 2010", ["1", "in county", "in province", "other province", "out"],
         *weighted_ols(net, np.c_[one, s, out], w))
    show("with GDP and urban share", ["1", "in county", "in province", "other", "out", "ln gdp", "urban", "district"],
         *weighted_ols(net, np.c_[one, s, out, np.log(t.gdp[i]), t.urban[i] / t.pop[i],
                                  [t.county[k]["name"].endswith("区") for k in i]], w))
    grown = np.maximum(t.stock[i].sum(1) - m0, 0)
    x = np.c_[one, np.log(m0), np.log(p0), np.log(t.gdp[i])]
    b, se, r2 = ppml(grown, x)
    show("growth of the in-stock 2000-10 by PPML on 2000", ["1", "ln stock", "ln pop", "ln gdp"], b, se, r2)
    fixed = np.c_[x[:, 1:], *[(t.province[i] == p).astype(float) for p in sorted(set(t.province[i]))]]
    fixed = np.c_[one, fixed[:, :-1]]
    bf, sef, r2f = ppml(grown, fixed)
    show("the same with province effects", ["1", "ln stock", "ln pop", "ln gdp"], bf[:4], sef[:4], r2f)
    for name, y in (("stock 2000 scaled", m0), ("chosen", np.exp(x @ b))):
        y = y * grown.sum() / y.sum()
        print(f"    forecast of the growth by '{name}': share misplaced {abs(y - grown).sum() / 2 / grown.sum():.3f}")
    skill(t, i, p0, m0, natural)
    return bf[1:4]


def skill(t, i, p0, m0, natural):
    """How well 2000 says 2010: mean absolute error of the counties' population in %."""
    def report(name, forecast):
        print(f"    {name}: MAPE {100 * np.mean(abs(forecast / t.pop[i] - 1)):.2f} %, weighted"
              f" {100 * abs(forecast - t.pop[i]).sum() / t.pop[i].sum():.2f} %")
    report("unchanged", p0)
    report("national growth everywhere", p0 * t.pop.sum() / 1e6 / POP_2000)
    grown = p0 * np.exp(natural)
    report("natural growth of each", grown)
    # Net migration in proportion to (in-stock 2000)^a pop^b gdp^c less a uniform loss, sums as observed; the scale
    # of the redistribution is swept because out-stocks of 2000 by county do not exist.
    net = t.pop[i].sum() - grown.sum()
    for a, b, c, name in ((1, 0, 0, "in-stock 2000"), (0.754, 0.23, 0.469, "chosen elasticities")):
        attraction = m0 ** a * p0 ** b * t.gdp[i] ** c
        for share in (0.03, 0.06, 0.09):
            moved = share * p0.sum()
            report(f"natural + {100 * share:.0f} % of residents redistributed by {name}",
                   grown + moved * attraction / attraction.sum() + (net - moved) * p0 / p0.sum())


def nnls(A, b, free):
    active = np.ones(A.shape[1], bool)
    while True:
        x = np.zeros(A.shape[1])
        x[active] = np.linalg.lstsq(A[:, active], b, rcond=None)[0]
        negative = [j for j in range(A.shape[1]) if not free[j] and x[j] < 0]
        if not negative:
            return x
        active[min(negative, key=lambda j: x[j])] = False


def stock_by_age(t):
    """(e) stocks by class, sex and age: ecological regression over counties, shrunk towards the pool."""
    share, urban = t.stock / t.pop[:, None], t.urban / t.pop
    local = 1 - share.sum(1)
    provinces = np.array([[p == q for q in t.provinces] for p in t.province], float)
    c = lambda x: x - (x * t.pop).sum() / t.pop.sum()
    X = np.c_[share, local[:, None] * provinces, local * c(urban), local * c(urban) ** 2, local * c(t.birth * 1000),
              local * c(t.death * 1000)]
    w = np.sqrt(t.pop / t.pop.mean())
    free = [False] * 3 + [True] * (X.shape[1] - 3)
    q = np.array([nnls(X * w[:, None], t.age[:, k] / t.pop * w, free)[:3] for k in range(38)])
    q /= q.sum(0)
    pooled = q @ (t.stock.sum(0) / t.stock.sum())
    return q * [0.25, 0.6, 0.7] + pooled[:, None] * [0.75, 0.4, 0.3]


def single_years(groups):
    """Group counts (sex x 19) to single years 0..100, even within a group."""
    out = np.zeros((2, 101))
    for s in range(2):
        for g in range(19):
            ages = np.arange(LOW[g], HIGH[g] + 1)
            weight = 0.82 ** (ages - 85.0) if g == 18 else np.ones(len(ages))
            out[s, ages] = groups[s * 19 + g] * weight / weight.sum()
    return out


def smooth(p):
    mid = (LOW + HIGH) / 2.0
    mid[18] = 88
    return np.array([np.interp(np.arange(101), mid, p[s * 19:s * 19 + 19]) for s in range(2)])


class Projection:
    """National stocks by class, sex, age and duration: the smallest model in which returns, deaths, births and
    departures can be balanced. Duration bins 0..10+ full years."""

    def __init__(self, t, stock_shape, growth):
        self.growth = growth
        people = single_years(t.age.sum(0))
        stock = t.stock.sum(0)
        self.p = np.array([smooth(stock_shape[:, k] * stock[k] / t.age.sum(0)) for k in range(3)])
        self.n0 = self.p * people
        self.n0 *= (stock / self.n0.sum(axis=(1, 2)))[:, None, None]
        self.l0 = people - self.n0.sum(0)
        mx = lambda s: np.interp(np.arange(101), [k + (2 if k >= 5 else 0) for k in sorted(t.mortality[s])],
                                 [t.mortality[s][k] for k in sorted(t.mortality[s])])
        self.dead = 1 - np.exp(-np.array([mx("M"), mx("F")]))
        shape = np.zeros(101)
        for k, v in t.fertility.items():
            low = int(k.split("-")[0])
            shape[low:low + 5] = v / 100 / 5
        # Scaled to the births of the county table (14 million a year).
        self.fertility = shape * (t.birth * t.pop).sum() / (shape * people[1]).sum()
        self.back_age = np.interp(np.arange(101), *zip(*RETURN_AGE))
        self.back_age = np.array([[f for a0, f in RETURN_AGE if a >= a0][-1] for a in range(101)])
        self.back = RETURN_BASE[:, None, None, None] * self.back_age[None, None, :, None] * np.array(RETURN_DURATION)
        self.leave = self.back + SETTLE[:, None, None, None]
        self.durations()
        self.first_year()

    def durations(self):
        """Durations 2010 from the decade's own growth: arrivals of year -d grow with the stock and survive."""
        rate = np.log(self.n0.sum(axis=(1, 2)) / 1e6 / STOCK_2000) / 10
        self.n = np.zeros((3, 2, 101, 11))
        for k in range(3):
            left = np.cumprod(np.r_[1, 1 - RETURN_BASE[k] * np.array(RETURN_DURATION[:-1])])
            weight = left * np.exp(-rate[k] * np.arange(11))
            weight[10] = weight[10] / (1 - (1 - RETURN_BASE[k] * RETURN_DURATION[10]) * np.exp(-rate[k]))
            for a in range(101):
                w = np.where(np.arange(11) <= a, weight, 0)
                self.n[k, :, a] = self.n0[k, :, a, None] * w / w.sum()

    def births(self, n):
        return (n.sum(axis=-1)[..., 1, :] * self.fertility).sum(-1) * BIRTHS_AWAY

    def first_year(self):
        """Departures by age from the balance of the stock: next year's stock has this year's propensities by
        age, raised alike to give the wanted growth, on next year's ages."""
        self.exits = (self.n * self.leave).sum(axis=(1, 2, 3)) / self.n.sum(axis=(1, 2, 3))
        deaths = (self.n.sum(-1) * self.dead).sum(axis=(1, 2)) / self.n.sum(axis=(1, 2, 3))
        born = self.births(self.n) / self.n.sum(axis=(1, 2, 3))
        self.deaths, self.born = deaths, born
        self.gross = self.growth * 1e6 + (self.exits + deaths - born) * self.n.sum(axis=(1, 2, 3))
        people = self.n0.sum(0) + self.l0
        later = np.zeros_like(people)
        later[:, 1:] = (people * (1 - self.dead))[:, :-1]
        later[:, 0] = people[:, 0]
        self.departure, self.joiners = np.zeros((3, 2, 101)), np.zeros(3)
        for k in range(3):
            target = self.p[k] * later
            target *= (self.n0[k].sum() + self.growth[k] * 1e6) / target.sum()
            stay = np.zeros((2, 101))
            stay[:, 1:] = ((self.n[k] * (1 - self.leave[k])).sum(-1) * (1 - self.dead))[:, :-1]
            d = np.maximum(target - stay, 0)
            d[:, 0] = 0
            d = np.array([np.convolve(np.pad(x, 2, mode="edge"), np.ones(5) / 5, mode="valid") for x in d])
            d *= self.gross[k] / d.sum()
            self.joiners[k] = d[:, :16].sum() / d.sum()
            self.departure[k] = d
        self.hazard = self.departure / self.l0[None]
        self.hazard[:, :, 80:] = self.hazard[:, :, 75:80].mean(-1, keepdims=True)
        # Beyond the peak the balance is a small difference of large numbers: a wider window.
        wide = np.apply_along_axis(lambda x: np.convolve(np.pad(x, 8, mode="edge"), np.ones(17) / 17, mode="valid"), 2,
                                   self.hazard)
        weight = np.clip((np.arange(101) - 34) / 10, 0, 1)
        self.hazard = (1 - weight) * self.hazard + weight * wide
        self.hazard *= (self.gross / (self.hazard * self.l0).sum(axis=(1, 2)))[:, None, None]
        self.departure = self.hazard * self.l0

    def decade(self, trend):
        n, l, path = self.n.copy(), self.l0.copy(), [self.n.sum(axis=(1, 2, 3))]
        for year in range(10):
            d = self.hazard * np.exp(trend * year)[:, None, None] * l[None]
            back = n * self.leave
            born_away, born_home = self.births(n), (l[1] * self.fertility).sum() + sum(
                (n[k].sum(-1)[1] * self.fertility).sum() for k in range(3)) * (1 - BIRTHS_AWAY)
            home = (l - d.sum(0) + back.sum(axis=(0, 3))) * (1 - self.dead)
            away = (n - back) * (1 - self.dead)[None, :, :, None]
            l, n = np.zeros_like(l), np.zeros_like(n)
            l[:, 1:] = home[:, :-1]
            n[:, :, 1:, 1:] = away[:, :, :-1, :-1]
            n[:, :, 1:, 10] += away[:, :, :-1, 10]
            n[:, :, 1:, 0] += d[:, :, :-1]
            l[:, 0] += born_home / 2
            n[:, :, 0, 0] += born_away[:, None] / 2
            path.append(n.sum(axis=(1, 2, 3)))
        return np.array(path)

    def trend(self):
        trend = np.zeros(3)
        want = self.n.sum(axis=(1, 2, 3)) + 1e7 * self.growth
        for _ in range(60):
            end = self.decade(trend)[-1]
            trend += (want - end) / end * 0.15
        return trend


def departures(t, growth):
    projection = Projection(t, stock_by_age(t), growth)
    stock = projection.n.sum(axis=(1, 2, 3)) / 1e6
    print("(b) yearly balance 2011 of the stocks (millions)")
    for k, name in enumerate(CLASSES):
        print(f"  {name:15s} gross {projection.gross[k] / 1e6:6.2f} = growth {growth[k]:.2f} + returns and settling"
              f" {projection.exits[k] * stock[k]:.2f} ({100 * projection.exits[k]:.1f} %) + deaths"
              f" {projection.deaths[k] * stock[k]:.2f} - births with the mother {projection.born[k] * stock[k]:.2f};"
              f" per 1000 at home {1e3 * projection.gross[k] / projection.l0.sum():.2f}")
    trend = projection.trend()
    free = projection.decade(np.zeros(3))[-1] / 1e6
    print("  stocks 2020, millions: intensities by age unchanged " + ", ".join(f"{x:.1f}" for x in free)
          + "; with the trend that keeps the growth linear " + ", ".join(
              f"{x:.1f}" for x in projection.decade(trend)[-1] / 1e6)
          + "; trend of the log intensity a year " + ", ".join(f"{x:+.4f}" for x in trend))
    print("(e) departures by age, % of the nest's departures; children under 16 " + ", ".join(
        f"{100 * j:.0f} %" for j in projection.joiners))
    for k, name in enumerate(CLASSES):
        d = projection.departure[k].sum(0) / projection.departure[k].sum() * 100
        print(f"  {name:15s} " + " ".join(f"{a}-{a + 4}: {d[a:a + 5].sum():.1f}" for a in range(0, 70, 5)))
    return projection, trend


def reclassification(t, growth):
    """(d) what migration and natural growth leave of the rise of the urban share."""
    urban, pop = t.urban.sum() / 1e6, t.pop.sum() / 1e6
    birth = (t.birth * t.urban).sum() / t.urban.sum()
    death = (t.death * t.urban).sum() / t.urban.sum()
    natural = 10 * (birth - death) * (urban + URBAN_2000) / 2
    origin = {}
    for scope in (True, False):
        n = {k: sum(v for (y, kind, d, o), v in t.od.items() if y == "2000" and kind == k and (d == o) == scope)
             for k in ("all", "township", "town_village_committee")}
        origin[scope] = (n["township"] + n["town_village_committee"]) / n["all"]
    u = URBAN_OF_MIGRANTS
    to_town = {s: origin[s] * u - (1 - origin[s]) * (1 - u) for s in origin}
    stock = t.stock.sum(0) / 1e6
    moved = to_town[True] * (stock[:2].sum() - STOCK_2000[:2].sum()) + to_town[False] * (stock[2] - STOCK_2000[2])
    total = urban - URBAN_2000
    left = total - natural - moved - HUKOU_MOVERS
    rural = (pop - urban + POP_2000 - URBAN_2000) / 2
    print(f"(d) urban growth 2000-10 {total:.1f} million = natural {natural:.1f} + net rural-to-urban stocks {moved:.1f}"
          f" (rural origin {100 * origin[True]:.0f} % within, {100 * origin[False]:.0f} % between provinces) + movers with"
          f" hukou {HUKOU_MOVERS:.0f} + reclassified {left:.1f} = {left / 10:.2f} a year, {1000 * left / 10 / rural:.1f} per 1000"
          f" rural residents, {100 * left / 10 / pop:.2f} points of the share a year")
    next_moved = to_town[True] * growth[:2].sum() + to_town[False] * growth[2]
    pace = 100 * (urban / pop - URBAN_2000 / POP_2000) / 10
    need = pace * pop / 100 + 0.0049 * urban - natural / 10 * urban / ((urban + URBAN_2000) / 2) - next_moved
    print(f"  pace 2000-10 {pace:.3f} points a year; continuing it in 2011 needs {need:.2f} million a year beyond"
          f" migrant stocks ({next_moved:.2f}) and natural growth: {1000 * need / (pop - urban):.1f} per 1000 rural residents")
    u0 = np.array([URBAN_SHARE_2000[p] / 100 for p in t.provinces])
    # The urban share of 2010 without the decade's migration: migrants' towns and villages given back.
    od = lambda scope, axis: np.array([sum(v for (y, kind, d, o), v in t.od.items() if y == "2000" and kind == "all"
                                           and (d == o) == scope and (d if axis == 0 else o) == p) for p in t.provinces])
    scaled = lambda v, total: v / v.sum() * total * 1e6
    came = t.by_province(t.stock[:, 2]) - scaled(od(False, 0), 42.42)
    out = np.maximum(t.by_province(t.hukou) - t.by_province(t.pop) + t.by_province(t.stock[:, 2]), 2e4)
    left_home = out / out.sum() * 85.88e6 - scaled(od(False, 1), 42.42)
    within = t.by_province(t.stock[:, :2].sum(1)) - scaled(od(True, 0), 101.97)
    u1 = ((t.by_province(t.urban) - u * came - to_town[True] * within + (1 - origin[False]) * left_home)
          / (t.by_province(t.pop) - came + left_home))
    loss = np.log((1 - u0) / (1 - u1)) / 10
    gdp = np.log(t.by_province(t.gdp * t.pop) / t.by_province(t.pop))
    w = t.by_province(t.pop - t.urban)
    b, se, r2, n = weighted_ols(np.log(np.maximum(loss, 0.003)),
                                np.c_[np.ones(31), u0 - 0.4, gdp - gdp.mean()], w)
    show("ln rate at which the rural share shrank 2000-10, migration given back, provinces", ["1", "urban - 0.4", "ln gdp"],
         b, se, r2, n)
    return need / (pop - urban), left / 10 / rural, b, pace


def hukou(t):
    """(f) conversions of agricultural hukou, on the census and on the police register."""
    share, pop = (t.nonag * t.pop).sum() / t.pop.sum(), t.pop.sum() / 1e6
    ag = (pop * (1 - share) + POP_2000 * (1 - NONAG_2000)) / 2

    def conversions(first, last, label):
        before, now = first * POP_2000, last * pop
        natural = 10 * 0.004 * (before + now) / 2
        yearly = (now - before - natural) / 10
        print(f"  {label}: {100 * first:.1f} -> {100 * last:.2f} %, {before:.0f} -> {now:.0f} million, natural {natural:.1f};"
              f" conversions {yearly:.2f} million a year = {1000 * yearly / ag:.1f} per 1000 agricultural-hukou residents")
        return yearly
    print("(f) non-agricultural hukou")
    conversions(NONAG_2000, share, "census, residents")
    yearly = conversions(*REGISTER, "police register")
    settled = (t.stock.sum(0) / 1e6 * SETTLE).sum()
    plan = PLAN_MILLION / 7 / yearly
    for label, factor in (("pace of 2000-10", 1), (f"plan's {PLAN_MILLION} million in 2014-20", plan)):
        x = REGISTER[1] * pop
        for year in range(2011, 2021):
            x += 0.004 * x + yearly * (factor if year >= 2014 else 1)
        print(f"  2020, {label}: {100 * x / (pop * 1.005 ** 10):.1f} % on the register,"
              f" {100 * (x / (pop * 1.005 ** 10) - REGISTER[1] + share):.1f} % on the census definition")
    return yearly / ag, (yearly - settled) / ag, plan, REGISTER[1] - share


def prefectures(t, growth, elasticity, province_share, name_of):
    """Sanity print: ten years of growth placed on prefectures; no cohorts, no feedback."""
    inflow = np.zeros(len(t.pop))
    for k in range(1, 3):
        s = t.stock[:, k] ** elasticity[0] * t.pop ** elasticity[1] * t.gdp ** elasticity[2]
        for p in t.provinces:
            inside = t.province == p
            of = province_share[p] if k == 2 else t.stock[inside, k].sum() / t.stock[:, k].sum()
            inflow[inside] += 1e7 * growth[k] * of * s[inside] / s[inside].sum()
    out = np.maximum(t.out, 0)
    outflow = out / out.sum() * inflow.sum()
    natural = np.exp(10 * (t.birth - t.death)) - 1
    key = np.array([c[:4] for c in t.code])
    rows = []
    for p in sorted(set(key)):
        w = key == p
        rows.append((p, name_of[p], t.pop[w].sum(), inflow[w].sum() - outflow[w].sum(), (natural * t.pop)[w].sum()))
    rate = np.array([r[3] / r[2] for r in rows])
    weight = np.array([r[2] for r in rows])
    print("  net migration 2010-20 per resident of 2010 over prefectures: mean absolute"
          f" {(abs(rate) * weight).sum() / weight.sum():.3f}, 5 % {np.percentile(rate, 5):.3f}, median {np.median(rate):.3f},"
          f" 95 % {np.percentile(rate, 95):.3f}")
    for r in sorted(rows, key=lambda r: -r[3])[:12] + sorted(rows, key=lambda r: r[3])[:8]:
        print(f"    {r[0]} {r[1]}: {r[2] / 1e4:.0f} thousand x10, net {r[3] / 1e4:+.0f}, natural {r[4] / 1e4:+.0f}")


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", default="../shared/data", help="folder of the census tables")
    parser.add_argument("--out", default="data/china", help="folder of the parameter files")
    arguments = parser.parse_args()
    t = Tables(arguments.data)
    growth, stock = national_growth(t)
    province_share, departure_share = province_growth(t)
    elasticity = backtest(t)
    projection, trend = departures(t, growth)
    need, past, shape, pace = reclassification(t, growth)
    rate = hukou(t)
    prefectures(t, growth, elasticity, province_share, {r["code"][:4]: r["pref"] for r in t.county})
    write_files(arguments.out, growth, stock, province_share, departure_share, elasticity, projection, trend, need, shape, rate)


def write_files(out, growth, stock, province_share, departure_share, elasticity, projection, trend, need, shape, rate):
    est = "tools/calibrate_migration.py"
    rows = [
        ["choice.kappa", 1.5, "1", "published", "Tombe & Zhu 2019, table 4 (1.19-1.61)"],
        ["choice.lambda.in_county", 0.6, "1", "assumption", "nest scale; prior, sweep 0.4-1"],
        ["choice.lambda.in_province", 0.6, "1", "assumption", "nest scale; prior, sweep 0.4-1"],
        ["choice.lambda.other_province", 0.6, "1", "assumption", "nest scale; prior, sweep 0.4-1"],
        ["choice.reconsider", 1.0, "1/year", "assumption", "how often staying is weighed against going, per resident"],
    ]
    for k, c in enumerate(CLASSES):
        rows += [
            [f"growth.{c}", round(growth[k] / stock[k], 5), "1/year", "estimated",
             f"{est} (a): {growth[k]:.2f} million on {stock[k]:.2f}"],
            [f"trend.{c}", round(trend[k], 5), "1/year", "estimated",
             f"{est} (b): trend of the log departure intensity by age that keeps the national growth linear to 2020"],
            [f"exit.{c}", round(projection.exits[k] + projection.deaths[k] - projection.born[k], 5), "1/year", "estimated",
             f"{est} (b): returns + settling + deaths - births beside the mother, per migrant, 2011"],
            [f"join.{c}", round(projection.joiners[k], 4), "1", "estimated",
             f"{est} (e): share of arrivals under 16, who come with a parent"],
            [f"return.{c}", RETURN_BASE[k], "1/year", "assumption", "at 3-4 years of stay, age 16-44; prior 6-9 % a year on average"],
            [f"settle.{c}", SETTLE[k], "1/year", "assumption", "hukou moved to the place of residence, before 2014"],
            [f"onward.{c}", [0.01, 0.02, 0.03][k], "1/year", "assumption", "moves on to another place without returning"],
        ]
    for d, f in enumerate(RETURN_DURATION):
        rows.append([f"return.duration.{d}", f, "1", "assumption", "factor by full years of stay (10: ten and more)"])
    for a, f in RETURN_AGE:
        rows.append([f"return.age.{a}", f, "1", "assumption", "factor from this age on"])
    for key, v in zip(("stock", "population", "gdp"), elasticity):
        rows.append([f"attraction.{key}", round(v, 3), "1", "estimated",
                     f"{est} (c): growth of in-stocks 2000-10, 12 provinces, PPML with province effects"])
    rows.append(["origin.mix", 0.4, "1", "assumption",
                 f"share of departures in proportion to residents at home instead of the out-stock; {est} (c): decade's"
                 " net migration falls by 0.31 per out-migrant of 2010 where 0.5 would be proportional"])
    rows.append(["attraction.cap", 0.5, "1/year", "assumption", "largest yearly inflow per migrant present"])
    for key, v, why in (("never", 1.25, ""), ("married", 0.85, ""), ("widowed", 0.6, ""), ("divorced", 1.2, "")):
        rows.append([f"departure.marital.{key}", v, "1", "assumption", "factor on the profile; mean about 1 at ages 16-34"])
    for key, v in (("none", 0.6), ("primary", 0.8), ("junior", 1.05), ("senior", 1.15), ("college", 1.25),
                   ("bachelor", 1.3), ("graduate", 1.3)):
        rows.append([f"departure.education.{key}", v, "1", "assumption", "factor on the profile"])
    rows += [
        ["reclassification.rate", round(need, 5), "1/year", "estimated",
         f"{est} (d): rural residents reclassified or moved with hukou, so that the pace of 2000-10 goes on"],
        ["reclassification.trend", 0.028, "1/year", "estimated",
         f"{est} (d): the same number of persons from fewer rural residents, rural share 49.7 to 37 %"],
        ["reclassification.urban", round(shape[1], 3), "1", "estimated", f"{est} (d): slope on urban share - 0.4"],
        ["reclassification.gdp", round(shape[2], 3), "1", "estimated", f"{est} (d): slope on ln GDP per head"],
        ["hukou.conversion", round(rate[0], 5), "1/year", "estimated",
         f"{est} (f): agricultural-hukou residents who turn non-agricultural, police register 2000-10"],
        ["hukou.in_situ", round(rate[1], 5), "1/year", "estimated",
         f"{est} (f): conversions less those of settling migrants; about 3.5 million a year of them are students"],
        ["hukou.plan_factor", round(rate[2], 3), "1", "estimated",
         "plan 2014-2020's goal of 100 million settled over the pace of 2000-10: a lever from 2014 on, not an observation"],
        ["hukou.definition_gap", round(rate[3], 4), "1", "estimated",
         "police register 34.17 % - census 29.06 % in 2010: add it to compare with the official hukou urbanisation rate"],
    ]
    write(os.path.join(out, "migration.csv"), ["parameter", "value", "unit", "kind", "source"], rows)
    write(os.path.join(out, "migration_province.csv"), ["province", "growth_share", "departure_share", "kind", "source"],
          [[p, round(s, 5), round(departure_share[p], 5), "estimated",
            f"{est} (a): shares of the growth of other-province migrants by destination, momentum of 2000-10, and of"
            " gross departures to other provinces by origin"] for p, s in province_share.items()])
    rows = []
    people = projection.l0
    for k, c in enumerate(CLASSES):
        mean = projection.departure[k].sum() / people.sum()
        for s in range(2):
            for a in range(101):
                rows.append([c, s, a, f"{projection.hazard[k, s, a] / mean:.4f}"])
    write(os.path.join(out, "departure_profile.csv"), ["nest", "sex", "age", "relative"], rows)


if __name__ == "__main__":
    main()
