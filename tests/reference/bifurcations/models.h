// The models in quadruple precision with first derivatives, and their flows. Units: ms, mV, mS/cm^2, uA/cm^2. Written from the papers that the library's files name.
#pragma once
#include <quadmath.h>

#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

using Real = __float128;

/// A number and its derivative.
struct Dual {
    Real v = 0, d = 0;
    Dual() = default;
    Dual(Real value, Real derivative = 0) : v(value), d(derivative) {}
    Dual(double value) : v(value) {}
    Dual(int value) : v(value) {}
};
inline Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
inline Dual operator-(Dual a, Dual b) { return {a.v - b.v, a.d - b.d}; }
inline Dual operator-(Dual a) { return {-a.v, -a.d}; }
inline Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
inline Dual operator/(Dual a, Dual b) { const Real q = a.v / b.v; return {q, (a.d - q * b.d) / b.v}; }
inline Dual Exp(Dual a) { const Real e = expq(a.v); return {e, e * a.d}; }
inline Dual Cbrt(Dual a) { const Real c = cbrtq(a.v); return {c, a.d / (3 * c * c)}; }
inline Dual Tanh(Dual a) { const Real t = tanhq(a.v); return {t, (1 - t * t) * a.d}; }
inline Dual Least(Dual a, Dual b) { return a.v < b.v ? a : b; }
inline Dual Sq(Dual a) { return a * a; }
inline Dual Cube(Dual a) { return a * a * a; }
inline Dual Sigmoid(Dual x) { return 1 / (1 + Exp(-x)); }
/// x/(exp(x) - 1)
inline Dual Bose(Dual x) {
    if (fabsq(x.v) < 1e-12Q) return 1 - x / 2 + x * x / 12;
    const Real e = expm1q(x.v), q = x.v / e;
    return {q, x.d * (1 - q * (e + 1)) / e};
}

/// y' = model(y, drive) by Gragg-Bulirsch-Stoer extrapolation of order 20; steps are those of the values, whose error in one step is below 1e-21.
template <class Model> class Extrapolation {
  public:
    static constexpr int N = Model::N, Columns = 10;
    using State = std::array<Dual, N>;
    Extrapolation(const Model& model, Dual drive) : model_(model), drive_(drive) {}

    State Run(State y, Real time) {
        for (Real left = time; left > 0;) left -= Advance(y, left);
        return y;
    }

    /// One step of at most so much time; returns its length.
    Real Advance(State& y, Real most) {
        for (;;) {
            const Real h = std::min(h_, most);
            const auto [end, error] = Step(y, h);
            const Real factor = Real(0.9) * powq(1e-21Q / std::max(error, Real(1e-60Q)), Real(1) / (2 * Columns - 1));
            if (error <= 1e-21Q) {
                if (h == h_ || factor < 1) h_ = h * std::min(factor, Real(2));
                y = end;
                return h;
            }
            h_ = h * std::max(factor, Real(0.1));
            if (h_ < 1e-14Q) throw std::runtime_error("step size underflow");
        }
    }

  private:
    std::pair<State, Real> Step(const State& y, Real h) const {
        std::array<State, Columns> row{};
        const State f = model_(y, drive_);
        Real error = 0;
        for (int k = 0; k < Columns; k++) {
            const int substeps = 2 * (k + 1);
            const Real dt = h / substeps;
            State before = y, now;
            for (int i = 0; i < N; i++) now[i] = {y[i].v + dt * f[i].v, y[i].d + dt * f[i].d};
            for (int s = 1; s < substeps; s++) {
                const State slope = model_(now, drive_);
                for (int i = 0; i < N; i++) before[i] = {before[i].v + 2 * dt * slope[i].v, before[i].d + 2 * dt * slope[i].d};
                std::swap(before, now);
            }
            for (int j = 0; j < k; j++) {
                const Real ratio = Real(k + 1) / (k - j), weight = 1 / (ratio * ratio - 1);
                error = 0;
                for (int i = 0; i < N; i++) {
                    const Dual correction{(now[i].v - row[j][i].v) * weight, (now[i].d - row[j][i].d) * weight};
                    error = std::max(error, fabsq(correction.v) / (fabsq(now[i].v) + Real(1e-3)));
                    row[j][i] = std::exchange(now[i], now[i] + correction);
                }
            }
            row[k] = now;
        }
        return {row[Columns - 1], error};
    }

    Model model_;
    Dual drive_;
    Real h_ = Model::first_step;
};

/// What models have in common: the first state is the voltage; a loop leaves its saddle towards higher voltages.
struct Defaults {
    static constexpr int voltage = 0, loop_side = 1;
    static constexpr Real first_step = 0.01Q, longest_loop = 5000;
    static Real Scale(int i) { return i == 0 ? Real(1) : Real(0.02Q); }
};
#define PARAMETER(p) if (n == #p) { p = value; return; }
#define NONE throw std::runtime_error("no such parameter: " + n);

struct HodgkinHuxley : Defaults {
    static constexpr int N = 4;
    static constexpr const char* name = "hodgkin_huxley";
    Real g_K = 36;
    void Set(const std::string& n, Real value) { PARAMETER(g_K) NONE }
    std::array<Dual, N> operator()(const std::array<Dual, N>& y, Dual I) const {
        const auto& [V, m, h, n] = y;
        const Dual an = 0.1Q * Bose(-(V + 55) / 10), bn = 0.125Q * Exp(-(V + 65) / 80), am = Bose(-(V + 40) / 10), bm = 4 * Exp(-(V + 65) / 18), ah = 0.07Q * Exp(-(V + 65) / 20), bh = Sigmoid((V + 35) / 10);
        return {I - 120 * Cube(m) * h * (V - 50) - g_K * Sq(Sq(n)) * (V + 77) - 0.3Q * (V + 54.387Q), am * (1 - m) - bm * m, ah * (1 - h) - bh * h, an * (1 - n) - bn * n};
    }
};

struct MorrisLecar : Defaults {
    static constexpr int N = 2;
    static constexpr const char* name = "morris_lecar";
    Real g_Ca = 4.4Q, V_3 = 2, V_4 = 30, phi = 0.04Q;
    void Set(const std::string& n, Real value) { PARAMETER(g_Ca) PARAMETER(V_3) PARAMETER(V_4) PARAMETER(phi) NONE }
    std::array<Dual, N> operator()(const std::array<Dual, N>& y, Dual I) const {
        const auto& [V, w] = y;
        const Dual m = 0.5Q * (1 + Tanh((V + 1.2Q) / 18)), w_inf = 0.5Q * (1 + Tanh((V - V_3) / V_4)), half = Exp((V - V_3) / (2 * V_4));
        return {(I - g_Ca * m * (V - 120) - 8 * w * (V + 84) - 2 * (V + 60)) / 20, phi * (w_inf - w) * (half + 1 / half) / 2};
    }
};

struct ConnorStevens : Defaults {
    static constexpr int N = 6;
    static constexpr const char* name = "connor_stevens";
    Real g_A = 47.7Q;
    void Set(const std::string& n, Real value) { PARAMETER(g_A) NONE }
    std::array<Dual, N> operator()(const std::array<Dual, N>& y, Dual I) const {
        const auto& [V, m, h, n, a, b] = y;
        const Dual am = 3.8Q * Bose(-(V + 29.7Q) / 10), bm = 15.2Q * Exp(-0.0556Q * (V + 54.7Q)), ah = 0.266Q * Exp(-(V + 48) / 20), bh = 3.8Q * Sigmoid((V + 18) / 10), an = 0.2Q * Bose(-(V + 45.7Q) / 10),
                   bn = 0.25Q * Exp(-(V + 55.7Q) / 80), a_inf = Cbrt(0.0761Q * Exp(0.0314Q * (V + 94.22Q)) / (1 + Exp(0.0346Q * (V + 1.17Q)))), tau_a = 0.3632Q + 1.158Q / (1 + Exp(0.0497Q * (V + 55.96Q))),
                   b_inf = 1 / Sq(Sq(1 + Exp(0.0688Q * (V + 53.3Q)))), tau_b = 1.24Q + 2.678Q / (1 + Exp(0.0624Q * (V + 50)));
        return {I - 120 * Cube(m) * h * (V - 55) - 20 * Sq(Sq(n)) * (V + 72) - g_A * Cube(a) * b * (V + 75) - 0.3Q * (V + 17), am * (1 - m) - bm * m, ah * (1 - h) - bh * h, an * (1 - n) - bn * n,
                (a_inf - a) / tau_a, (b_inf - b) / tau_b};
    }
};

/// The currents and gates of one cell of Wang and Buzsaki.
struct Interneuron {
    Dual current, dh, dn;
    Interneuron(Dual V, Dual h, Dual n, Real phi) {
        const Dual am = Bose(-(V + 35) / 10), bm = 4 * Exp(-(V + 60) / 18), ah = 0.07Q * Exp(-(V + 58) / 20), bh = Sigmoid((V + 28) / 10), an = 0.1Q * Bose(-(V + 34) / 10), bn = 0.125Q * Exp(-(V + 44) / 80);
        current = 35 * Cube(am / (am + bm)) * h * (V - 55) + 9 * Sq(Sq(n)) * (V + 90) + 0.1Q * (V + 65);
        dh = phi * (ah * (1 - h) - bh * h);
        dn = phi * (an * (1 - n) - bn * n);
    }
};

struct WangBuzsaki : Defaults {
    static constexpr int N = 3;
    static constexpr const char* name = "wang_buzsaki";
    Real phi = 5;
    void Set(const std::string& n, Real value) { PARAMETER(phi) NONE }
    std::array<Dual, N> operator()(const std::array<Dual, N>& y, Dual I) const {
        const Interneuron cell(y[0], y[1], y[2], phi);
        return {I - cell.current, cell.dh, cell.dn};
    }
};

struct GapJunction : Defaults {
    static constexpr int N = 6; // V[1], V[2], h[1], h[2], n[1], n[2]
    static constexpr const char* name = "gap_junction";
    Real g_gap = 0.02Q;
    void Set(const std::string& n, Real value) { PARAMETER(g_gap) NONE }
    std::array<Dual, N> operator()(const std::array<Dual, N>& y, Dual I) const {
        const Interneuron one(y[0], y[2], y[4], 5), two(y[1], y[3], y[5], 5);
        const Dual gap = g_gap * (y[0] - y[1]);
        return {I - one.current - gap, gap - two.current, one.dh, two.dh, one.dn, two.dn};
    }
};

struct TraubMiles : Defaults {
    static constexpr int N = 4;
    static constexpr const char* name = "traub_miles";
    Real g_L = 0.05Q;
    void Set(const std::string& n, Real value) { PARAMETER(g_L) NONE }
    std::array<Dual, N> operator()(const std::array<Dual, N>& y, Dual I) const {
        const auto& [V, m, h, n] = y;
        const Dual v = V + 63, am = 1.28Q * Bose((13 - v) / 4), bm = 1.4Q * Bose((v - 40) / 5), ah = 0.128Q * Exp((17 - v) / 18), bh = 4 * Sigmoid((v - 40) / 5), an = 0.16Q * Bose((15 - v) / 5), bn = 0.5Q * Exp((10 - v) / 40);
        return {I - 100 * Cube(m) * h * (V - 50) - 30 * Sq(Sq(n)) * (V + 90) - g_L * (V + 60), am * (1 - m) - bm * m, ah * (1 - h) - bh * h, an * (1 - n) - bn * n};
    }
};

struct ThalamicRebound : Defaults {
    static constexpr int N = 4;
    static constexpr const char* name = "thalamic_rebound";
    Real g_T = 0.3Q;
    void Set(const std::string& n, Real value) { PARAMETER(g_T) NONE }
    static Dual M(Dual W) { const Dual a = Bose(-(W + 29.7Q) / 10), b = 4 * Exp(-(W + 54.7Q) / 18); return a / (a + b); }
    std::array<Dual, N> operator()(const std::array<Dual, N>& y, Dual I) const {
        const auto& [V, h, H, n] = y;
        const Dual h_inf = Sigmoid(-(V + 81) / 6.25Q), tau_h = h_inf * Exp((V + 162.3Q) / 17.8Q) + 20, H_inf = Sigmoid(-(V + 69) / 7.1Q), tau_H = 1000 / (Exp((V + 66.4Q) / 9.3Q) + Exp(-(V + 81.6Q) / 13));
        const Dual an = 0.1Q * Bose(-(V + 35.7Q) / 10), bn = 0.125Q * Exp(-(V + 45.7Q) / 80);
        const Dual current = g_T * Cube(Sigmoid((V + 65) / 7.8Q)) * h * (V - 120) + 0.04Q * Sq(H) * (V + 40) + 42 * Cube(M(V - 3)) * (0.85Q - n) * (V - 55) + 9 * Cube(M(V + 5)) * (V - 55)
            + 30 * Sq(Sq(n)) * (V + 80) + 0.1Q * (V + 72);
        return {I - current, 2 * (h_inf - h) / tau_h, (H_inf - H) / tau_H, 28.57142857142857Q * (an * (1 - n) - bn * n)};
    }
};

struct PinskyRinzel : Defaults {
    static constexpr int N = 8; // V_s, V_d, h, n, s, c, q, Ca
    static constexpr const char* name = "pinsky_rinzel";
    Real g_c = 2.1Q;
    void Set(const std::string& n, Real value) { PARAMETER(g_c) NONE }
    std::array<Dual, N> operator()(const std::array<Dual, N>& y, Dual I) const {
        const auto& [V, W, h, n, s, c, q, Ca] = y;
        const Dual am = 1.28Q * Bose(-(V + 46.9Q) / 4), bm = 1.4Q * Bose((V + 19.9Q) / 5), ah = 0.128Q * Exp(-(V + 43) / 18), bh = 4 * Sigmoid((V + 20) / 5), an = 0.08Q * Bose(-(V + 24.9Q) / 5), bn = 0.25Q * Exp(-1 - 0.025Q * V);
        const Dual as = 1.6Q * Sigmoid(0.072Q * (W - 5)), bs = 0.1Q * Bose((W + 8.9Q) / 5), fast = 2 * Exp(-(W + 53.5Q) / 27);
        const Dual ac = W.v > -10 ? fast : Exp((W + 50) / 11 - (W + 53.5Q) / 27) / 18.975Q, bc = W.v > -10 ? Dual(0) : fast - ac, aq = Least(0.00002Q * Ca, 0.01Q);
        const Dual calcium = 10 * Sq(s) * (W - 80);
        return {(-0.1Q * (V + 60) - 30 * Sq(am / (am + bm)) * h * (V - 60) - 15 * n * (V + 75) + (g_c * (W - V) + I) / 0.5Q) / 3,
                (-0.1Q * (W + 60) - calcium - 0.8Q * q * (W + 75) - 15 * c * Least(Ca / 250, 1) * (W + 75) + g_c * (V - W) / 0.5Q) / 3,
                ah * (1 - h) - bh * h, an * (1 - n) - bn * n, as * (1 - s) - bs * s, ac * (1 - c) - bc * c, aq * (1 - q) - 0.001Q * q, -0.13Q * calcium - 0.075Q * Ca};
    }
};

struct FitzHughNagumo : Defaults {
    static constexpr int N = 2;
    static constexpr const char* name = "fitzhugh_nagumo";
    Real epsilon = 0.08Q;
    void Set(const std::string& n, Real value) { PARAMETER(epsilon) NONE }
    std::array<Dual, N> operator()(const std::array<Dual, N>& y, Dual I) const { return {y[0] - Cube(y[0]) / 3 - y[1] + I, epsilon * (y[0] + 0.7Q - 0.8Q * y[1])}; }
};

struct HindmarshRose : Defaults {
    static constexpr int N = 3;
    static constexpr const char* name = "hindmarsh_rose";
    Real r = 0.001Q;
    void Set(const std::string& n, Real value) { PARAMETER(r) NONE }
    std::array<Dual, N> operator()(const std::array<Dual, N>& y, Dual I) const { return {y[1] - Cube(y[0]) + 3 * Sq(y[0]) - y[2] + I, 1 - 5 * Sq(y[0]) - y[1], r * (4 * (y[0] + 1.6Q) - y[2])}; }
};
