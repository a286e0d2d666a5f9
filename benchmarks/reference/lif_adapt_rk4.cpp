// Classical Runge-Kutta steps of a fixed length, each lane at its own time, so that a step begins at every reset. A crossing of the
// threshold is found on the cubic through both ends of the step, the step is repeated to end there, and Newton's correction takes the rest.
#include "lif_adapt.h"

template<class T> struct Neuron {
    static constexpr int Fields = 10;
    static constexpr bool Synchronous = false;
    T V_m, g_sra, t, last, interval, count, drive, g_adapt, tau_ref, decay;
};

template<class T, class N> inline void Start(N& n, T I_app, T g_adapt, T tau_ref, double) {
    n.V_m = T{} + E_L;
    n.g_sra = n.t = n.last = n.interval = n.count = T{};
    n.drive = g_L * E_L + I_app;
    n.g_adapt = g_adapt;
    n.tau_ref = tau_ref;
    n.decay = Exp(tau_ref * (-1 / tau_sra));
}
template<class N> inline bool Done(const N& n, double) { return !Any(Less(n.t, duration)); }

template<class T, class N> inline T Slope(const N& n, T V_m, T g_sra) {
    return (n.drive - g_L * V_m + g_sra * (E_K - V_m)) * (1 / C_m);
}

// The state after a step of length h.
template<class T, class N> inline void RungeKutta(const N& n, T h, T& V_m, T& g_sra) {
    constexpr double a = -1 / 200.0; // 1/tau_sra
    const T half = 0.5 * h, k1 = Slope(n, n.V_m, n.g_sra), l1 = a * n.g_sra;
    const T g2 = n.g_sra + half * l1, k2 = Slope<T>(n, n.V_m + half * k1, g2), l2 = a * g2;
    const T g3 = n.g_sra + half * l2, k3 = Slope<T>(n, n.V_m + half * k2, g3), l3 = a * g3;
    const T g4 = n.g_sra + h * l3, k4 = Slope<T>(n, n.V_m + h * k3, g4), l4 = a * g4;
    V_m = n.V_m + h * (1.0 / 6) * (k1 + 2 * (k2 + k3) + k4);
    g_sra = n.g_sra + h * (1.0 / 6) * (l1 + 2 * (l2 + l3) + l4);
}

template<class T, bool branch, class N> inline __attribute__((always_inline)) void Step(N& n, double, double dt) {
    T V_m, g_sra;
    RungeKutta<T>(n, T{} + dt, V_m, g_sra);
    const auto spiked = Less(V_th, V_m);
    if (Any(spiked)) {
        const T part = Crossing<T>(n.V_m - V_th, dt * Slope(n, n.V_m, n.g_sra), V_m - V_th, dt * Slope(n, V_m, g_sra));
        T V, g;
        RungeKutta<T>(n, part * dt, V, g);
        const T rest = (V_th - V) / Slope(n, V, g), t = n.t + (part * dt + rest);
        Count<T>(n, And(spiked, Less(t, duration)), t);
        n.V_m = Where(spiked, V_reset, V_m);
        n.g_sra = Where(spiked, (g * (1 - rest * (1 / tau_sra)) + n.g_adapt) * n.decay, g_sra);
        n.t = Where(spiked, t + n.tau_ref, n.t + dt);
        return;
    }
    n.V_m = V_m;
    n.g_sra = g_sra;
    n.t = n.t + dt;
}

int main(int argc, char** argv) { return Main<Neuron, 8>(argc, argv); }
