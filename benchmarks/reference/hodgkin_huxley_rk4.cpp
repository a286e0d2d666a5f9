// Classical Runge-Kutta steps; crossings of the threshold on the cubic through both ends of a step, whose slopes the method has anyway.
#include "hodgkin_huxley.h"

template<class T> struct Neuron {
    static constexpr int Fields = 12;
    static constexpr bool Synchronous = true;
    T V_m, m, h, n, V_before, dV_before, last, interval, count, I_app, g_Na, g_K;
};
template<class T> struct State { T V_m, m, h, n; };

template<class T, class N> inline void Start(N& n, T I_app, T g_Na, T g_K, double) {
    StartAtRest<T>(n, I_app, g_Na, g_K);
    n.V_before = n.V_m;
    n.dV_before = T{};
}
// A crossing is seen one step later.
template<class N> inline bool Done(const N&, double t) { return t > duration + 1e-9; }

template<class T, class N> inline __attribute__((always_inline)) State<T> Slope(const N& p, State<T> y) {
    const Rates<T> r = RatesAt(y.V_m);
    const T n2 = y.n * y.n;
    return {p.I_app - p.g_Na * (y.m * y.m * y.m) * y.h * (y.V_m - E_Na) - p.g_K * (n2 * n2) * (y.V_m - E_K) - g_L * (y.V_m - E_L),
            r.alpha_m - (r.alpha_m + r.beta_m) * y.m, r.alpha_h - (r.alpha_h + r.beta_h) * y.h, r.alpha_n - (r.alpha_n + r.beta_n) * y.n};
}
template<class T> inline State<T> Along(State<T> y, double h, State<T> k) {
    return {y.V_m + h * k.V_m, y.m + h * k.m, y.h + h * k.h, y.n + h * k.n};
}

template<class T, bool branch, class N> inline __attribute__((always_inline)) void Step(N& n, double t, double dt) {
    const State<T> y{n.V_m, n.m, n.h, n.n}, k1 = Slope<T>(n, y);
    const auto spiked = And(Less(n.V_before, V_th), Less(V_th, y.V_m));
    if (!branch || Any(spiked)) {
        const T part = Crossing<T>(n.V_before - V_th, dt * n.dV_before, y.V_m - V_th, dt * k1.V_m);
        Count<T>(n, spiked, t - dt + dt * part);
    }
    const State<T> k2 = Slope<T>(n, Along(y, dt / 2, k1)), k3 = Slope<T>(n, Along(y, dt / 2, k2)), k4 = Slope<T>(n, Along(y, dt, k3));
    n.V_before = y.V_m;
    n.dV_before = k1.V_m;
    n.V_m = y.V_m + dt / 6 * (k1.V_m + 2 * (k2.V_m + k3.V_m) + k4.V_m);
    n.m = y.m + dt / 6 * (k1.m + 2 * (k2.m + k3.m) + k4.m);
    n.h = y.h + dt / 6 * (k1.h + 2 * (k2.h + k3.h) + k4.h);
    n.n = y.n + dt / 6 * (k1.n + 2 * (k2.n + k3.n) + k4.n);
}

int main(int argc, char** argv) { return Main<Neuron, 2>(argc, argv); }
