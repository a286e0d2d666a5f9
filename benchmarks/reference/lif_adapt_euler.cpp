// Forward Euler on a grid of time, spikes at the ends of steps: what clock-driven simulators do.
#include "lif_adapt.h"

template<class T> struct Neuron {
    static constexpr int Fields = 9;
    static constexpr bool Synchronous = true;
    T V_m, g_sra, refractory /* steps left */, last, interval, count, drive, g_adapt, refractory_steps;
};

template<class T, class N> inline void Start(N& n, T I_app, T g_adapt, T tau_ref, double dt) {
    n.V_m = T{} + E_L;
    n.g_sra = n.refractory = n.last = n.interval = n.count = T{};
    n.drive = g_L * E_L + I_app;
    n.g_adapt = g_adapt;
    n.refractory_steps = tau_ref * (1 / dt) + 0.5; // its whole part counts
}
template<class N> inline bool Done(const N&, double t) { return t > duration - 1e-9; }

template<class T, bool branch, class N> inline __attribute__((always_inline)) void Step(N& n, double t, double dt) {
    const T dV_m = (n.drive - g_L * n.V_m + n.g_sra * (E_K - n.V_m)) * (dt / C_m);
    n.V_m = Where(Less(n.refractory, 1), n.V_m + dV_m, n.V_m);
    n.g_sra = n.g_sra * (1 - dt / tau_sra);
    n.refractory = n.refractory - 1;
    const auto spiked = Less(V_th, n.V_m);
    if (branch && !Any(spiked)) return;
    Count<T>(n, spiked, T{} + (t + dt));
    n.V_m = Where(spiked, V_reset, n.V_m);
    n.g_sra = Where(spiked, n.g_sra + n.g_adapt, n.g_sra);
    n.refractory = Where(spiked, n.refractory_steps, n.refractory);
}

int main(int argc, char** argv) { return Main<Neuron, 8>(argc, argv); }
