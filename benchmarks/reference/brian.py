"""The workloads in Brian 2 (Debian: python3-brian), spikes on the grid of time as Brian has them.

brian.py MODEL METHOD TARGET POINTS DT_MS THREADS RATES FOLDER   TARGET: cpp_standalone, cython or numpy
prints: wall [s], processor time [s], neuron-steps, preparation (code generation and compilation) [s]
"""
import os
import sys
import time

import brian2 as b
import numpy as np
from brian2 import mV, ms, uA, mS, uF, cm, pA, pF, nS  # noqa: F401 (names in the equations)

model, method, target, points, dt_ms, threads, rates, folder = sys.argv[1:]
spikes = '''
last : second
interval : second
spike_count : 1
'''
count = 'interval = t - last; last = t; spike_count += 1'
if model == 'lif_adapt':
    duration, start = 2000*ms, {'V_m': -75*mV}
    names = dict(C_m=100*pF, g_L=10*nS, E_L=-75*mV, E_K=-80*mV, tau_sra=200*ms)
    swept = [('I_app', pA), ('g_adapt', nS), ('tau_ref', ms)]
    rules = dict(threshold='V_m > -50*mV', reset=f'{count}; V_m = -80*mV; g_sra += g_adapt', refractory='tau_ref')
    equations = '''
    dV_m/dt   = (g_L*(E_L - V_m) + g_sra*(E_K - V_m) + I_app)/C_m : volt (unless refractory)
    dg_sra/dt = -g_sra/tau_sra : siemens
    I_app : amp
    g_adapt : siemens
    tau_ref : second
    '''
else:
    duration = 500*ms
    rate = {'am': '1/ms/exprel(-(V_m + 40*mV)/(10*mV))', 'bm': '4/ms*exp(-(V_m + 65*mV)/(18*mV))',
            'ah': '0.07/ms*exp(-(V_m + 65*mV)/(20*mV))', 'bh': '1/ms/(1 + exp(-(V_m + 35*mV)/(10*mV)))',
            'an': '0.1/ms/exprel(-(V_m + 55*mV)/(10*mV))', 'bn': '0.125/ms*exp(-(V_m + 65*mV)/(80*mV))'}
    start = {'V_m': -65*mV} | {x: '{0}/({0} + {1})'.format(rate['a' + x], rate['b' + x]) for x in 'mhn'}
    names = dict(C_m=1*uF/cm**2, g_L=0.3*mS/cm**2, E_Na=50*mV, E_K=-77*mV, E_L=-54.4*mV)
    swept = [('I_app', uA/cm**2), ('g_Na', mS/cm**2), ('g_K', mS/cm**2)]
    rules = dict(threshold='V_m > -20*mV', reset=count, refractory='V_m > -20*mV')
    equations = '''
    dV_m/dt = (I_app - g_Na*m**3*h*(V_m - E_Na) - g_K*n**4*(V_m - E_K) - g_L*(V_m - E_L))/C_m : volt
    I_app : amp/meter**2
    g_Na : siemens/meter**2
    g_K : siemens/meter**2
    ''' + ''.join(f'd{x}/dt = {rate["a" + x]}*(1 - {x}) - {rate["b" + x]}*{x} : 1\n' for x in 'mhn')

b.defaultclock.dt = float(dt_ms)*ms
begun = time.perf_counter()
if target == 'cpp_standalone':
    b.set_device('cpp_standalone', directory=folder, build_on_run=False)
    b.prefs.devices.cpp_standalone.openmp_threads = 0 if threads == '1' else int(threads)
else:
    b.prefs.codegen.target = target
    b.prefs.codegen.runtime.cython.cache_dir = folder

values = np.fromfile(points).reshape(-1, 3)
group = b.NeuronGroup(len(values), equations + spikes, method=method, namespace=names, **rules)
for (name, unit), column in zip(swept, values.T):
    setattr(group, name, column*unit)
for name, value in start.items():
    setattr(group, name, value)

warm = b.defaultclock.dt if target != 'cpp_standalone' else 0*ms
if target == 'cpp_standalone':
    b.run(duration)
    b.device.build(directory=folder, compile=True, run=False)
else:
    b.run(warm)
prepared = time.perf_counter()
before = os.times()
if target == 'cpp_standalone':
    b.device.run(folder, with_output=False, run_args=[])
else:
    b.run(duration - warm)
after, wall = os.times(), time.perf_counter() - prepared
processor = sum(after[:4]) - sum(before[:4])
print(wall, processor, round(duration/b.defaultclock.dt)*len(values), prepared - begun)
number, interval = np.asarray(group.spike_count[:]), np.asarray(group.interval[:])
rate = np.where(number >= 2, 1/np.where(number >= 2, interval, 1), 0.0)
np.stack([rate, number], axis=1).astype(float).tofile(rates)
