// FitzHugh-Nagumo model, dimensionless.
#include "peaks.h"

struct FitzHughNagumo {
    static constexpr int N = 2; // v, w
    Real I;
    Real largest_step = 0.5Q, threshold = 0.5Q, longest_period = 200, small = 1e-3Q;
    State<2> operator()(const State<2>& y) const {
        const auto& [v, w] = y;
        return {v - v * v * v / 3 - w + I, 0.08Q * (v + 0.7Q - 0.8Q * w)};
    }
};

int main() {
    bool header = true;
    for (Real I : {0.0Q, 0.3Q, 0.32Q, 0.33Q, 0.34Q, 0.35Q, 0.5Q, 1.0Q, 1.4Q, 1.42Q, 1.43Q, 1.5Q})
        PrintRow([&](Accuracy accuracy) {
            Row row{{"I", I}};
            AppendRun(row, FitzHughNagumo{I}, accuracy, {-1.2Q, -0.625Q}, 1000, 1, "", "", "");
            return row;
        }, std::exchange(header, false));
}
