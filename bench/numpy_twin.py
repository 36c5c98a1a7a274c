#!/usr/bin/env python3
"""The generic tool to beat: annual demography and migration over numpy columns, in two processes.

29 bytes a person, everything vectorised: mortality, fertility with appended births, ageing, and moves between
places with a destination drawn from cumulative shares. What it leaves out and ronghe does: households, marriage,
schooling, work, hukou, return, competing risks, places with their own rates. Two ways of writing it are measured:
plain (whole columns, the survivors copied together each year) and tuned (chunks that stay in the cache, the last
rows moved to the places of the dead).

Rates are rough shapes for a benchmark, not data: nothing here is a result about China.
Prints "key value" lines. Uses Debian's python3-numpy and nothing else.
"""
import multiprocessing
import sys
import time

import numpy

COLUMNS = (
    ("id", numpy.int64), ("place", numpy.int32), ("home", numpy.int32), ("household", numpy.int32),
    ("arrival", numpy.int16), ("age", numpy.int8), ("sex", numpy.int8), ("marital", numpy.int8),
    ("education", numpy.int8), ("activity", numpy.int8), ("hukou", numpy.int8), ("children", numpy.int8),
)
BYTES = sum(numpy.dtype(kind).itemsize for _, kind in COLUMNS)
PLACES = 3000
CHUNK = 1 << 16
FEMALE = 1
AGE_MAX = 110

AGES = numpy.arange(AGE_MAX + 2)
MORTALITY = numpy.minimum(1, numpy.stack([0.00006 * numpy.exp(0.090 * AGES), 0.00004 * numpy.exp(0.090 * AGES)]))
MORTALITY = MORTALITY.astype(numpy.float32)  # [sex][age], a year
FERTILITY = (0.12 * numpy.exp(-(((AGES - 27) / 5.0) ** 2)) * ((AGES >= 15) & (AGES < 50))).astype(numpy.float32)
MIGRATION = (0.08 * numpy.exp(-(((AGES - 24) / 9.0) ** 2)) + 0.004).astype(numpy.float32)


class Chunk:
    """Columns with room to grow; rows 0 … count-1 are in use."""

    def __init__(self, rng, count, tuned):
        self.count = count
        self.tuned = tuned
        room = count + count // 2
        self.column = {name: numpy.zeros(room, kind) for name, kind in COLUMNS}
        c = self.column
        c["id"][:count] = numpy.arange(count)
        c["age"][:count] = rng.integers(0, 80, count)
        c["sex"][:count] = rng.integers(0, 2, count)
        c["place"][:count] = rng.integers(0, PLACES, count)
        c["home"][:count] = c["place"][:count]

    def year(self, year, rng, cumulative):
        c, n = self.column, self.count
        age, sex, place = c["age"], c["sex"], c["place"]

        age[:n] += 1
        numpy.minimum(age[:n], AGE_MAX, out=age[:n])

        rate = MORTALITY.ravel().take(sex[:n] * numpy.int16(MORTALITY.shape[1]) + age[:n])
        dies = rng.random(n, dtype=numpy.float32) < rate
        died = self.bury(dies)
        n -= died

        # Births: written behind the last row.
        rate = FERTILITY.take(age[:n]) * sex[:n]
        mothers = numpy.flatnonzero(rng.random(n, dtype=numpy.float32) < rate)
        born = mothers.size
        for name, values in c.items():
            values[n:n + born] = 0 if name not in ("place", "home", "household") else values[mothers]
        c["children"][mothers] += 1
        sex[n:n + born] = rng.random(born, dtype=numpy.float32) < 0.474
        n += born

        # Moves: a destination by binary search in the cumulative shares.
        movers = numpy.flatnonzero(rng.random(n, dtype=numpy.float32) < MIGRATION.take(age[:n]))
        place[movers] = numpy.searchsorted(cumulative, rng.random(movers.size))
        c["arrival"][movers] = year
        self.count = n
        return died, born, movers.size

    def bury(self, dies):
        n = dies.size
        dead = numpy.flatnonzero(dies)
        left = n - dead.size
        if self.tuned:
            late = dead[dead >= left]
            stays = numpy.ones(dead.size, bool)
            stays[late - left] = False
            holes, movers = dead[dead < left], left + numpy.flatnonzero(stays)
            for values in self.column.values():
                values[holes] = values[movers]
        else:
            alive = ~dies
            for values in self.column.values():
                values[:left] = values[:n][alive]
        return dead.size


def work(tuned, seed, persons, years, ready, go, results):
    rng = numpy.random.Generator(numpy.random.SFC64(seed))
    shares = rng.pareto(1.2, PLACES) + 0.01
    cumulative = numpy.cumsum(shares / shares.sum())
    cumulative[-1] = 1.0
    size = CHUNK if tuned else persons
    chunks = [Chunk(rng, size, tuned) for _ in range(persons // size)]
    ready.put(seed)
    go.wait()
    person_years = 0
    events = numpy.zeros(3, numpy.int64)
    for year in range(years):
        for chunk in chunks:
            person_years += chunk.count
            events += chunk.year(2011 + year, rng, cumulative)
    results.put((person_years, *map(int, events)))


def measure(tuned, persons, years, processes):
    """Best of three: (person-years a second, events a thousand person-years)."""
    best = (0, 0)
    for repeat in range(3):
        ready, results, go = multiprocessing.Queue(), multiprocessing.Queue(), multiprocessing.Event()
        share = persons // processes
        team = [
            multiprocessing.Process(target=work, args=(tuned, 17 * repeat + p, share, years, ready, go, results))
            for p in range(processes)
        ]
        for member in team:
            member.start()
        for _ in team:
            ready.get()
        begin = time.perf_counter()
        go.set()
        done = [results.get() for _ in team]
        seconds = time.perf_counter() - begin
        for member in team:
            member.join()
        person_years, *events = (sum(column) for column in zip(*done))
        best = max(best, (person_years / seconds, 1000 * sum(events) / person_years))
    return best


def main():
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else 16_000_000
    for name, tuned in (("plain", False), ("tuned", True)):
        rate, events = measure(tuned, persons, years=10, processes=2)
        print(f"numpy_{name}_person_years_per_s {rate:.0f}")
    print(f"numpy_bytes_per_person {BYTES}")
    print(f"numpy_events_per_1000 {events:.1f}")


if __name__ == "__main__":
    main()
