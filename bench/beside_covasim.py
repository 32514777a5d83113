"""Covasim as a row of the tables of bench/epidemic and bench/rehearse: its own defaults, hybrid population, one thread; with `respond`, its test-and-trace."""

import resource
import sys
import time

import covasim as cv

respond = "respond" in sys.argv[1:]
people, days = 1_000_000, 60
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
interventions = []
if respond:
    interventions = [
        cv.test_prob(symp_prob=0.2, asymp_prob=0.002, symp_quar_prob=1.0, asymp_quar_prob=1.0, start_day=5),
        cv.contact_tracing(trace_probs={"h": 1.0, "s": 0.8, "w": 0.8, "c": 0.2}, start_day=5),
    ]
sim = cv.Sim(
    pop_size=people, pop_type="hybrid", pop_infected=people // 1_000, n_days=days, rand_seed=1, verbose=0, interventions=interventions
)
sim.initialize()
start = time.process_time()
sim.run()
cpu = time.process_time() - start
infections = float(sim.results["cum_infections"][-1])
attack = float((~sim.people.susceptible).sum()) / people
memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / people
rate = people * days / cpu / 1e6
name = f"Covasim {cv.__version__}, hybrid"
if respond:
    tests, quarantined = sim.results["cum_tests"][-1] / 1e6, sim.results["cum_quarantined"][-1] / 1e6
    name += f": {tests:.2f} million tests, {quarantined:.2f} million quarantined"
print(f"| {name} | {people} | {days} | {cpu:.2f} | {rate:.1f} | {100 * attack:.2f} % | {1e6 * cpu / infections:.2f} | {memory:.0f} |")
