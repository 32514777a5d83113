"""Covasim without interventions, as a row of bench/epidemic's table: its own defaults, hybrid population, one thread."""

import resource
import sys
import time

import covasim as cv

people, days = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, 60
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sim = cv.Sim(pop_size=people, pop_type="hybrid", pop_infected=people // 1_000, n_days=days, rand_seed=1, verbose=0)
sim.initialize()
start = time.process_time()
sim.run()
cpu = time.process_time() - start
infections = float(sim.results["cum_infections"][-1])
attack = float((~sim.people.susceptible).sum()) / people
memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / people
rate = people * days / cpu / 1e6
print(
    f"| Covasim {cv.__version__}, hybrid | {people} | {days} | {cpu:.2f} | {rate:.1f} "
    f"| {100 * attack:.2f} % | {1e6 * cpu / infections:.2f} | {memory:.0f} |"
)
