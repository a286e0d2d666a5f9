// Squid giant axon of Hodgkin and Huxley (1952) in the modern convention (workload W2). Units: ms, mV, mS/cm^2, uA/cm^2, uF/cm^2.
#pragma once
#include "program.h"

static const double g_L = 0.3, E_Na = 50, E_K = -77, E_L = -54.4, V_th = -20, duration = 500; // C_m = 1

template<class T> struct Rates { T alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n; };

// x/(1 - e) for e = exp(-x), through its removable singularity.
template<class T> inline T Ratio(T x, T e) { return Where(Less(Abs(x), 1e-5), 1 + 0.5 * x, x / (1 - e)); }

inline Rates<double> RatesAt(double V) {
    return {Ratio((V + 40) / 10, Exp(-(V + 40) / 10)), 4 * Exp(-(V + 65) / 18), 0.07 * Exp(-(V + 65) / 20),
            1 / (1 + Exp(-(V + 35) / 10)), 0.1 * Ratio((V + 55) / 10, Exp(-(V + 55) / 10)), 0.125 * Exp(-(V + 65) / 80)};
}

#ifdef __AVX512DQ__
// Five of the six exponentials are powers of one.
inline Rates<Eight> RatesAt(Eight V) {
    static const double e25 = std::exp(-2.5), e10 = std::exp(-1.0), e30 = std::exp(-3.0); // (65 - 40)/10, (65 - 55)/10, (65 - 35)/10
    const Eight w = Exp((V + 65) * (-1.0 / 80)), w2 = w * w, w4 = w2 * w2, w8 = w4 * w4;
    return {Ratio<Eight>((V + 40) * 0.1, w8 / e25), 4 * Exp((V + 65) * (-1.0 / 18)), 0.07 * w4,
            1 / (1 + w8 / e30), 0.1 * Ratio<Eight>((V + 55) * 0.1, w8 / e10), 0.125 * w};
}
#endif

template<class T, class N> inline void StartAtRest(N& n, T I_app, T g_Na, T g_K) {
    n.V_m = T{} - 65;
    const Rates<T> r = RatesAt(T(n.V_m));
    n.m = r.alpha_m / (r.alpha_m + r.beta_m);
    n.h = r.alpha_h / (r.alpha_h + r.beta_h);
    n.n = r.alpha_n / (r.alpha_n + r.beta_n);
    n.last = n.interval = n.count = T{};
    n.I_app = I_app;
    n.g_Na = g_Na;
    n.g_K = g_K;
}
