// Leaky integrate-and-fire neuron with a spike-rate adaptation conductance and an absolute refractory period (workload W1).
// Units: ms, mV, nS, pA, pF.
#pragma once
#include "program.h"

static const double C_m = 100, g_L = 10, E_L = -75, V_th = -50, V_reset = -80, E_K = -80, tau_sra = 200, duration = 2000;
