// Exponential Euler: each variable moves towards its steady value at the rates of the step's beginning. Spikes at the ends of steps.
#include "hodgkin_huxley.h"

template<class T> struct Neuron {
    static constexpr int Fields = 10;
    static constexpr bool Synchronous = true;
    T V_m, m, h, n, last, interval, count, I_app, g_Na, g_K;
};

template<class T, class N> inline void Start(N& n, T I_app, T g_Na, T g_K, double) { StartAtRest<T>(n, I_app, g_Na, g_K); }
template<class N> inline bool Done(const N&, double t) { return t > duration - 1e-9; }

template<class T> inline T Towards(T x, T gain, T loss, double dt) {
    const T steady = gain / loss;
    return steady + (x - steady) * Exp(loss * -dt);
}

template<class T, bool branch, class N> inline __attribute__((always_inline)) void Step(N& n, double t, double dt) {
    const T V = n.V_m, n2 = n.n * n.n;
    const Rates<T> r = RatesAt(V);
    const T G_Na = n.g_Na * (n.m * n.m * n.m) * n.h, G_K = n.g_K * (n2 * n2);
    n.V_m = Towards<T>(V, n.I_app + G_Na * E_Na + G_K * E_K + g_L * E_L, G_Na + G_K + g_L, dt);
    n.m = Towards<T>(n.m, r.alpha_m, r.alpha_m + r.beta_m, dt);
    n.h = Towards<T>(n.h, r.alpha_h, r.alpha_h + r.beta_h, dt);
    n.n = Towards<T>(n.n, r.alpha_n, r.alpha_n + r.beta_n, dt);
    const auto spiked = And(Less(V, V_th), Less(V_th, n.V_m));
    if (branch && !Any(spiked)) return;
    Count<T>(n, spiked, T{} + (t + dt));
}

int main(int argc, char** argv) { return Main<Neuron, 2>(argc, argv); }
