// Leaky integrate-and-fire neuron with a spike-rate adaptation conductance and an absolute refractory period.
// Units: ms, mV, nS, pA, pF (1 pA = 1 nS mV = 1 pF mV/ms).
#include "features.h"

static const Real C_m = 100, g_L = 10, E_L = -75, V_th = -50, V_reset = -80, E_K = -80, tau_sra = 200, duration = 2000;

struct Membrane {
    static constexpr int N = 3; // V_m, g_sra, integral of V_m
    Real I_app, largest_step = 4;
    State<N> operator()(const State<N>& y) const {
        const auto& [V_m, g_sra, integral] = y;
        return {(g_L * (E_L - V_m) + g_sra * (E_K - V_m) + I_app) / C_m, -g_sra / tau_sra, V_m};
    }
};

struct Neuron {
    Real I_app, g_adapt, tau_ref;
    Accuracy accuracy;
    Flow<Membrane> flow{Membrane{I_app}, accuracy};
    State<3> y{E_L, 0, 0};
    Real t = 0, refractory_until = 0, g_sra_reset = 0; // g_sra_reset: just after the last spike

    /// Goes on to the next spike and its reset, or to t_end: whether there was a spike.
    bool NextSpike(Real t_end) {
        if (t < refractory_until) {
            const Real held = std::min(refractory_until, t_end) - t;
            y[1] *= expq(-held / tau_sra);
            y[2] += held * V_reset;
            t += held;
        }
        flow.Restart();
        while (t < t_end) {
            const auto [end, h] = flow.Advance(y, t_end - t);
            if (end[0] > V_th) {
                const Real s = flow.Locate(y, h, [](const State<3>& at) { return at[0] - V_th; });
                y = flow.Step(y, s).first;
                y[0] = V_reset;
                g_sra_reset = y[1] += g_adapt;
                t += s;
                refractory_until = t + tau_ref;
                return true;
            }
            y = end;
            t = h == t_end - t ? t_end : t + h;
        }
        return false;
    }
};

static Row Point(Real I_app, Real g_adapt, Real tau_ref, Accuracy accuracy) {
    Neuron neuron{I_app, g_adapt, tau_ref, accuracy};
    Response response{{}, E_L, E_L, 0};
    while (neuron.NextSpike(duration * 9 / 10)) response.spikes.push_back(neuron.t);
    const Real integral = neuron.y[2];
    while (neuron.NextSpike(duration)) response.spikes.push_back(neuron.t);
    response.late_mean = (neuron.y[2] - integral) / (duration / 10);
    // V_m rises monotonically or towards its fixed point between resets, and stays above E_K
    response.maximum = response.spikes.empty() ? neuron.y[0] : V_th;
    response.minimum = response.spikes.empty() ? E_L : V_reset;

    std::optional<Real> ISI_inf;
    if (!response.spikes.empty()) { // fixed point of g_sra just after a spike -> g_sra just after the next
        const auto after = [&](Real g_sra) {
            Neuron next{I_app, g_adapt, tau_ref, accuracy};
            next.y = {V_reset, g_sra, 0};
            next.refractory_until = tau_ref;
            next.NextSpike(1e5Q);
            return next;
        };
        const auto cycle = FindFixedPoint<1>([&](const State<1>& g) { return State<1>{after(g[0]).y[1]}; }, {neuron.g_sra_reset});
        if (!cycle || !(cycle->multiplier < 1)) throw std::runtime_error("no stable regular firing");
        ISI_inf = after(cycle->x[0]).t;
    }
    Row row{{"I_app_pA", I_app}, {"g_adapt_nS", g_adapt}, {"tau_ref_ms", tau_ref}};
    row.push_back({"rate_Hz", ISI_inf ? 1000 / *ISI_inf : Real(0)});
    row.push_back({"ISI_inf_ms", ISI_inf});
    AppendFeatures(row, response, 1000, "_ms", "_Hz", "_mV");
    return row;
}

int main() {
    bool header = true;
    const auto print = [&](Real I_app, Real g_adapt, Real tau_ref) {
        PrintRow([&](Accuracy accuracy) { return Point(I_app, g_adapt, tau_ref, accuracy); }, std::exchange(header, false));
    };
    print(200, 1, 2); // below the rheobase of 250 pA
    print(249, 1, 2);
    for (Real I_app : {251, 260, 300, 400, 500, 700, 1000, 2000})
        for (Real g_adapt : {0.0Q, 0.1Q, 1.0Q, 2.5Q, 5.0Q})
            for (Real tau_ref : {0, 2, 10}) print(I_app, g_adapt, tau_ref);
}
