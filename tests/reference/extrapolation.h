// Gragg-Bulirsch-Stoer extrapolation in quadruple precision: integration, event location, fixed points of maps.
#pragma once
#include <quadmath.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

using Real = __float128;
template <int N> using State = std::array<Real, N>;

/// Columns of the extrapolation table (order 2 * columns) and local relative tolerance of one step.
struct Accuracy {
    int columns;
    Real tolerance;
};

/// The solution of y' = model(y): Model has N, largest_step and State<N> operator()(const State<N>&).
template <class Model> class Flow {
  public:
    static constexpr int N = Model::N;
    Flow(const Model& model, Accuracy accuracy) : model_(model), accuracy_(accuracy), h_(model.largest_step / 16) {}

    /// One step of exactly h: modified midpoint rules with 2, 4, 6, ... substeps, extrapolated in h^2 (Aitken-Neville).
    /// Second value: the last correction, relative to the state, as the estimate of the local error.
    std::pair<State<N>, Real> Step(const State<N>& y, Real h) const {
        std::array<State<N>, 24> row{}; // row[j]: j times extrapolated
        const State<N> f = model_(y);
        Real error = 0;
        for (int k = 0; k < accuracy_.columns; k++) {
            State<N> carried = Midpoint(y, f, h, 2 * (k + 1));
            for (int j = 0; j < k; j++) {
                const Real ratio = Real(k + 1) / (k - j), weight = 1 / (ratio * ratio - 1);
                error = 0;
                for (int i = 0; i < N; i++) {
                    const Real correction = (carried[i] - row[j][i]) * weight;
                    error = std::max(error, fabsq(correction) / (fabsq(carried[i]) + Real(1e-3)));
                    row[j][i] = std::exchange(carried[i], carried[i] + correction);
                }
            }
            row[k] = carried;
        }
        return {row[accuracy_.columns - 1], error};
    }

    /// One step of at most h within the tolerance; returns its end and its length.
    std::pair<State<N>, Real> Advance(const State<N>& y, Real h) {
        for (;;) {
            const Real tried = std::min({h_, h, Real(model_.largest_step)});
            const auto [end, error] = Step(y, tried);
            const Real factor = Real(0.9) * powq(accuracy_.tolerance / std::max(error, Real(1e-60Q)), Real(1) / (2 * accuracy_.columns - 1));
            if (error <= accuracy_.tolerance) {
                if (tried == h_ || factor < 1) h_ = tried * std::min(factor, Real(2));
                return {end, tried};
            }
            h_ = tried * std::max(factor, Real(0.1));
            if (h_ < 1e-12Q) throw std::runtime_error("step size underflow");
        }
    }

    /// Length s in (0, h] of the step from y whose end has event(end) = 0; event changes its sign between 0 and h.
    template <class Event> Real Locate(const State<N>& y, Real h, Event event) const {
        Real a = 0, fa = event(y), b = h, fb = event(Step(y, h).first);
        if (fa * fb > 0) throw std::runtime_error("event without a change of sign");
        for (int i = 0; i < 100 && fb != 0 && fabsq(b - a) > 1e-30Q * h; i++) { // Anderson-Bjorck
            const Real s = b - fb * (b - a) / (fb - fa), fs = event(Step(y, s).first);
            if (fabsq(s - b) < 1e-29Q * h) return s;
            if (fs * fb < 0) { a = b; fa = fb; }
            else { const Real m = 1 - fs / fb; fa *= m > 0 ? m : Real(0.5); }
            b = s; fb = fs;
        }
        return b;
    }

    Flow& Restart() { h_ = model_.largest_step / 16; return *this; } // the same steps whatever came before

  private:
    State<N> Midpoint(const State<N>& y, const State<N>& f, Real h, int substeps) const {
        const Real dt = h / substeps;
        State<N> before = y, now;
        for (int i = 0; i < N; i++) now[i] = y[i] + dt * f[i];
        for (int s = 1; s < substeps; s++) {
            const State<N> slope = model_(now);
            for (int i = 0; i < N; i++) before[i] += 2 * dt * slope[i];
            std::swap(before, now);
        }
        return now;
    }

    Model model_;
    Accuracy accuracy_;
    Real h_;
};

template <int N> struct FixedPoint {
    State<N> x;
    Real multiplier; // spectral radius of the map's derivative: stable below 1
};

/// Newton's method for map(x) = x with a difference-quotient Jacobian; nothing when it leaves the map's domain or stalls.
template <int N>
std::optional<FixedPoint<N>> FindFixedPoint(const std::function<std::optional<State<N>>(const State<N>&)>& map, State<N> x) {
    using Matrix = std::array<State<N>, N>;
    for (int iteration = 0; iteration < 12; iteration++) {
        const auto image = map(x);
        if (!image) return {};
        Matrix derivative, a;
        State<N> b;
        for (int j = 0; j < N; j++) {
            State<N> moved = x;
            moved[j] += 1e-12Q;
            const auto movedImage = map(moved);
            if (!movedImage) return {};
            for (int i = 0; i < N; i++) derivative[i][j] = ((*movedImage)[i] - (*image)[i]) / (moved[j] - x[j]);
        }
        a = derivative;
        for (int i = 0; i < N; i++) { a[i][i] -= 1; b[i] = x[i] - (*image)[i]; }
        for (int p = 0; p < N; p++) { // Gauss with row exchange
            int best = p;
            for (int i = p + 1; i < N; i++) if (fabsq(a[i][p]) > fabsq(a[best][p])) best = i;
            std::swap(a[p], a[best]); std::swap(b[p], b[best]);
            for (int i = p + 1; i < N; i++) {
                const Real m = a[i][p] / a[p][p];
                for (int j = p; j < N; j++) a[i][j] -= m * a[p][j];
                b[i] -= m * b[p];
            }
        }
        Real change = 0;
        for (int i = N - 1; i >= 0; i--) {
            for (int j = i + 1; j < N; j++) b[i] -= a[i][j] * b[j];
            b[i] /= a[i][i];
            change = std::max(change, fabsq(b[i]) / (fabsq(x[i]) + 1));
        }
        for (int i = 0; i < N; i++) x[i] += b[i];
        if (!(change < 100)) return {}; // also NaN
        if (change < 1e-20Q) {
            Real log_norm = 0, power = 1; // spectral radius: norm of the 2^k-th power
            for (int k = 0; k < 40; k++) {
                Real norm = 0;
                for (auto& r : derivative) for (Real v : r) norm = std::max(norm, fabsq(v));
                if (norm == 0) return FixedPoint<N>{x, 0};
                log_norm += logq(norm) / power;
                power *= 2;
                Matrix square{};
                for (int i = 0; i < N; i++)
                    for (int j = 0; j < N; j++)
                        for (int l = 0; l < N; l++) square[i][j] += derivative[i][l] / norm * (derivative[l][j] / norm);
                derivative = square;
            }
            return FixedPoint<N>{x, expq(log_norm)};
        }
    }
    return {};
}
