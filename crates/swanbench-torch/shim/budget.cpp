// The penalty of a budget as one node of the graph: in small nets the number of operations takes the
// time, not their arithmetic.

#include "guarded.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// weight * max(0, mean cost / most - 1)^2. An example's cost is a quadratic form of one and of the open
// units of each site; `gates` are [examples, units], or [1, units] where all examples share them.
struct SquaredExcess : torch::autograd::Function<SquaredExcess> {
    static at::Tensor forward(AutogradContext *ctx, at::TensorList gates, const at::Tensor &form,
                              double most, double weight) {
        int64_t examples = 1;
        for (const auto &gate : gates) examples = std::max(examples, gate.size(0));
        std::vector<at::Tensor> counts = {at::ones({examples}, form.options())};
        std::vector<int64_t> shapes;
        for (const auto &gate : gates) {
            counts.push_back(gate.sum(1).expand({examples}));
            shapes.insert(shapes.end(), {gate.size(0), gate.size(1)});
        }
        const auto open = at::stack(counts);
        const auto cost = form.mm(open).mul_(open).sum(0).mean();
        const auto excess = (cost / most).sub_(1.0).clamp_min_(0.0);
        ctx->save_for_backward({form, open, excess});
        ctx->saved_data["shapes"] = shapes;
        ctx->saved_data["slope"] = 2.0 * weight / most / static_cast<double>(examples);
        return excess.square().mul_(weight);
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        auto saved = ctx->get_saved_variables();
        const auto &form = saved[0], &open = saved[1], &excess = saved[2];
        const auto shapes = ctx->saved_data["shapes"].toIntVector();
        const auto slope = excess * gradients[0] * ctx->saved_data["slope"].toDouble();
        const auto of_open = (form + form.t()).mm(open).mul_(slope);
        variable_list of_gates;
        for (size_t site = 0; 2 * site < shapes.size(); ++site) {
            auto own = of_open[static_cast<int64_t>(site) + 1];
            if (shapes[2 * site] == 1 && own.size(0) > 1) own = own.sum(0, /*keepdim=*/true);
            of_gates.push_back(own.unsqueeze(1).expand({shapes[2 * site], shapes[2 * site + 1]}));
        }
        of_gates.resize(of_gates.size() + 3);
        return of_gates;
    }
};

} // namespace

extern "C" {

// The new tensor, one number, belongs to the caller.
char *swanbench_squared_excess(at::Tensor *const *gates, size_t count, const at::Tensor *form,
                               double most, double weight, at::Tensor **out) {
    return guarded([&] {
        std::vector<at::Tensor> all;
        for (size_t i = 0; i < count; ++i) all.push_back(*gates[i]);
        *out = new at::Tensor(SquaredExcess::apply(at::TensorList(all), *form, most, weight));
    });
}

} // extern "C"
