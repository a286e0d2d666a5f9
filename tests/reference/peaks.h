// Spikes, features and asymptotic rate of smooth models, whose spikes are peaks of the first state variable.
// Model adds to what Flow needs: Real threshold, longest_period, small (size of a change of the voltage that is nearly nothing).
#pragma once
#include <tuple>

#include "features.h"

/// Model with the integral of its voltage as one more state.
template <class Model> struct WithIntegral : Model {
    static constexpr int N = Model::N + 1;
    State<N> operator()(const State<N>& y) const {
        State<Model::N> inner;
        std::copy_n(y.begin(), Model::N, inner.begin());
        const auto slope = Model::operator()(inner);
        State<N> result;
        std::copy_n(slope.begin(), Model::N, result.begin());
        result[Model::N] = y[0];
        return result;
    }
};

/// A solution that stops at the extremes of its voltage y[0].
template <class Model> struct Orbit {
    static constexpr int N = Model::N;
    Model model;
    Flow<Model> flow;
    State<N> y;
    bool rising;
    Real t = 0;

    Orbit(const Model& model, Accuracy accuracy, const State<N>& y, bool rising) : model(model), flow(model, accuracy), y(y), rising(rising) {}

    /// Goes on to the next extreme (true) or to t_end. Slopes below 1e-16 are a rest: a change of sign there is none.
    bool NextExtreme(Real t_end) {
        const auto slope = [this](const State<N>& at) { return model(at)[0]; };
        while (t < t_end) {
            const auto [end, h] = flow.Advance(y, t_end - t);
            const bool turned = rising ? slope(end) < -1e-16Q : slope(end) > 1e-16Q;
            if (turned && fabsq(slope(y)) < 1e-16Q && slope(y) * slope(end) > 0) rising = !rising;
            else if (turned) {
                const Real s = flow.Locate(y, h, slope);
                y = flow.Step(y, s).first;
                t += s;
                rising = !rising;
                return true;
            }
            y = end;
            t = h == t_end - t ? t_end : t + h;
        }
        return false;
    }

    /// Goes on to the next maximum above floor, or to t_end.
    bool NextPeak(Real t_end, Real floor) {
        while (NextExtreme(t_end)) if (!rising && y[0] > floor) return true;
        return false;
    }
};

/// Response to a step on [0, duration] from the start; a spike is the largest maximum between an upward and a downward
/// crossing of the threshold. Leaves the state at the end of the step in start.
template <class Model> Response Respond(const Model& model, Accuracy accuracy, State<Model::N>& start, Real duration) {
    State<Model::N + 1> y{};
    std::copy(start.begin(), start.end(), y.begin());
    Orbit<WithIntegral<Model>> orbit({model}, accuracy, y, model(start)[0] > 0);
    Response response{{}, y[0], y[0], 0};
    std::optional<std::pair<Real, Real>> candidate; // V and t of the largest maximum since the upward crossing
    const auto follow = [&](Real t_end) {
        for (bool extreme = true; extreme;) {
            extreme = orbit.NextExtreme(t_end);
            const Real V = orbit.y[0];
            response.minimum = std::min(response.minimum, V);
            response.maximum = std::max(response.maximum, V);
            if (V < model.threshold && candidate) { response.spikes.push_back(candidate->second); candidate.reset(); }
            if (extreme && !orbit.rising && V > model.threshold && (!candidate || V > candidate->first)) candidate = {V, orbit.t};
        }
    };
    follow(duration * 9 / 10);
    const Real integral = orbit.y[Model::N];
    follow(duration);
    response.late_mean = (orbit.y[Model::N] - integral) / (duration / 10);
    std::copy_n(orbit.y.begin(), Model::N, start.begin());
    return response;
}

/// Where the solution from a state ends under the constant drive.
struct Attractor {
    std::string kind; // rest, cycle, subthreshold cycle
    std::optional<Real> period;
    Real multiplier;  // cycle: largest Floquet multiplier besides the trivial one; rest: factor per longest_period
};

/// Follows the solution until it is near a fixed point of a map and Newton's method from there finds that point and its
/// stability: peak to next peak above the threshold, peak to next peak of any height, or time-longest_period map.
template <class Model> Attractor FindAttractor(const Model& model, Accuracy accuracy, const State<Model::N>& start) {
    constexpr int N = Model::N;
    using Map = std::function<std::optional<State<N>>(const State<N>&)>;
    const auto near = [&](const State<N>& a, const State<N>& b, Real part) { return fabsq(a[0] - b[0]) <= part * model.small; };
    const auto return_map = [&](Real floor, Real* period = nullptr) -> Map {
        return [=, &model](const State<N>& x) -> std::optional<State<N>> {
            Orbit<Model> orbit(model, accuracy, x, false);
            std::tie(orbit.y, orbit.t) = orbit.flow.Advance(x, 1);
            if (model(orbit.y)[0] >= 0) return {}; // x is no maximum
            if (!orbit.NextPeak(model.longest_period, floor)) return {};
            if (period) *period = orbit.t;
            return orbit.y;
        };
    };
    const auto cycle = [&](const State<N>& near_it, Real floor, Real reach) -> std::optional<Attractor> {
        const auto found = FindFixedPoint<N>(return_map(floor), near_it);
        if (!found || !near(found->x, near_it, reach) || !(found->multiplier < 1)) return {};
        Real period;
        return_map(floor, &period)(found->x);
        return Attractor{floor == model.threshold ? "cycle" : "subthreshold cycle", period, found->multiplier};
    };

    Orbit<Model> orbit(model, accuracy, start, model(start)[0] > 0);
    State<N> before = start;
    for (Real t_end = model.longest_period; orbit.t < 1000 * model.longest_period;) {
        const Real from = orbit.t;
        if (orbit.NextPeak(t_end, model.threshold)) {
            if (from > 0 && near(before, orbit.y, 1))
                if (const auto found = cycle(orbit.y, model.threshold, 100)) return *found;
            before = orbit.y;
            t_end = orbit.t + model.longest_period;
            continue;
        }
        t_end += model.longest_period; // no spike for that long
        const auto rest = FindFixedPoint<N>([&](const State<N>& x) -> std::optional<State<N>> {
            Flow<Model> flow(model, accuracy);
            State<N> y = x;
            for (Real left = model.longest_period / 10, h; left > 0; left -= h) std::tie(y, h) = flow.Advance(y, left);
            return y;
        }, orbit.y);
        State<N> deviation{};
        if (rest) for (int i = 0; i < N; i++) deviation[i] = orbit.y[i] - rest->x[i];
        if (rest && rest->multiplier < 1 && fabsq(deviation[0]) < 1e-3Q * model.small) return {"rest", {}, powq(rest->multiplier, 10)};
        State<N> last = orbit.y;
        int peaks = 0;
        for (Real until = orbit.t + model.longest_period; orbit.NextPeak(until, -1e6Q) && peaks < 5; peaks++) { last = before; before = orbit.y; }
        if (peaks >= 2 && near(before, last, 1e-1Q) && (!rest || rest->multiplier > 1))
            if (const auto found = cycle(before, -1e6Q, 100)) return *found;
        t_end = orbit.t + model.longest_period;
    }
    throw std::runtime_error("no attractor found");
}

/// Response to the step and attractor from there, as the columns after the parameters.
template <class Model> void AppendRun(Row& row, const Model& model, Accuracy accuracy, State<Model::N> y, Real duration, Real second,
                                      const std::string& time, const std::string& rate, const std::string& voltage) {
    const Response response = Respond(model, accuracy, y, duration);
    const Attractor attractor = FindAttractor(model, accuracy, y);
    row.push_back({"attractor", {}, attractor.kind});
    row.push_back({"rate" + rate, attractor.kind == "cycle" ? second / *attractor.period : Real(0)});
    row.push_back({"period" + time, attractor.period});
    row.push_back({"multiplier", attractor.multiplier, {}, 6});
    AppendFeatures(row, response, second, time, rate, voltage);
}
