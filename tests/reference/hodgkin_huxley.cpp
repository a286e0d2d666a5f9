// Squid axon of Hodgkin and Huxley (1952), V_m absolute. Units: ms, mV, mS/cm^2, uA/cm^2, uF/cm^2.
#include "peaks.h"

struct HodgkinHuxley {
    static constexpr int N = 4; // V_m, n, m, h
    Real J, E_L = -54.387Q, g_Na = 120, g_K = 36;
    Real largest_step = 0.5Q, threshold = -20, longest_period = 100, small = 0.1Q;

    static Real Linexp(Real x) { return x == 0 ? Real(1) : -x / expm1q(-x); } // x / (1 - exp(-x))
    static Real alpha_n(Real V) { return 0.1Q * Linexp((V + 55) / 10); }
    static Real beta_n(Real V) { return 0.125Q * expq(-(V + 65) / 80); }
    static Real alpha_m(Real V) { return Linexp((V + 40) / 10); }
    static Real beta_m(Real V) { return 4 * expq(-(V + 65) / 18); }
    static Real alpha_h(Real V) { return 0.07Q * expq(-(V + 65) / 20); }
    static Real beta_h(Real V) { return 1 / (1 + expq(-(V + 35) / 10)); }

    State<4> operator()(const State<4>& y) const {
        const auto& [V, n, m, h] = y;
        return {J - g_Na * m * m * m * h * (V - 50) - g_K * n * n * n * n * (V + 77) - 0.3Q * (V - E_L), // C_m = 1
                alpha_n(V) * (1 - n) - beta_n(V) * n,
                alpha_m(V) * (1 - m) - beta_m(V) * m,
                alpha_h(V) * (1 - h) - beta_h(V) * h};
    }

    static State<4> Start() {
        const Real V = -65;
        return {V, alpha_n(V) / (alpha_n(V) + beta_n(V)), alpha_m(V) / (alpha_m(V) + beta_m(V)), alpha_h(V) / (alpha_h(V) + beta_h(V))};
    }
};

int main() {
    bool header = true;
    const auto print = [&](const HodgkinHuxley& model) {
        PrintRow([&](Accuracy accuracy) {
            Row row{{"J_uA_per_cm2", model.J}, {"E_L_mV", model.E_L}, {"g_Na_mS_per_cm2", model.g_Na}, {"g_K_mS_per_cm2", model.g_K}};
            AppendRun(row, model, accuracy, HodgkinHuxley::Start(), 500, 1000, "_ms", "_Hz", "_mV");
            return row;
        }, std::exchange(header, false));
    };
    for (Real J : {0.0Q, 2.0Q, 3.0Q, 5.0Q, 6.0Q, 6.2Q, 6.3Q, 6.5Q, 7.0Q, 8.0Q, 9.0Q, 9.7Q, 9.9Q, 12.0Q, 20.0Q, 50.0Q, 100.0Q, 140.0Q, 150.0Q, 153.0Q, 154.0Q, 155.0Q, 160.0Q, 180.0Q})
        print({J});
    for (Real J : {6.3Q, 8.0Q, 20.0Q}) print({J, -54.4Q});
    for (Real g_Na : {100, 140}) for (Real J : {8, 20}) print({J, -54.387Q, g_Na});
    for (Real g_K : {30, 42}) for (Real J : {8, 20}) print({J, -54.387Q, 120, g_K});
}
