// Gates and their penalty as few nodes of the graph: in small nets the number of operations takes
// the time, not their arithmetic.

#include "guarded.h"

#include <ATen/ATen.h>
#include <ATen/ExpandUtils.h>
#include <torch/csrc/autograd/custom_function.h>

#if defined(__x86_64__) && defined(__GLIBC__)
// Compiled for plain and for wider registers; the processor decides which runs.
#define FOR_WIDE_REGISTERS __attribute__((target_clones("default", "avx2")))
#else
#define FOR_WIDE_REGISTERS
#endif

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Whether one loop can walk through tensor `a` and `b` together.
bool side_by_side(const at::Tensor &a, const at::Tensor &b) {
    const auto plain = [](const at::Tensor &tensor) {
        return tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous();
    };
    return plain(a) && plain(b) && a.sizes() == b.sizes();
}

FOR_WIDE_REGISTERS
void switch_units(int64_t count, const float *soft, const float *output, float threshold,
                  bool by_hard, float *hard, float *product) {
    for (int64_t i = 0; i < count; ++i) {
        hard[i] = soft[i] > threshold ? 1.0f : 0.0f;
        product[i] = output[i] * (by_hard ? hard[i] : soft[i]);
    }
}

FOR_WIDE_REGISTERS
void switch_units_backward(int64_t count, const float *of_product, const float *output,
                           const float *soft, const float *factor, float of_gates, float steepness,
                           float *of_logits, float *of_output) {
    for (int64_t i = 0; i < count; ++i) {
        of_output[i] = of_product[i] * factor[i];
        const float gradient = of_product[i] * output[i] + of_gates;
        of_logits[i] = gradient * (1.0f - soft[i]) * soft[i] * steepness;
    }
}

// Gates in the shape of the units of `output`, which may be feature maps.
at::Tensor broadcast_to_units(const at::Tensor &gates, const at::Tensor &output) {
    return output.dim() == 4 ? gates.unsqueeze(-1).unsqueeze(-1) : gates;
}

// Probabilities, hard gates with the gradient of the probabilities, and the output times one of them.
struct Switch : torch::autograd::Function<Switch> {
    static variable_list forward(AutogradContext *ctx, const at::Tensor &logits,
                                 const at::Tensor &output, double temperature, double threshold,
                                 bool by_hard) {
        ctx->set_materialize_grads(false);
        auto soft = temperature == 1.0 ? logits.sigmoid() : (logits / temperature).sigmoid_();
        auto hard = at::empty_like(soft);
        const auto &factor = by_hard ? hard : soft;
        at::Tensor product;
        if (side_by_side(soft, output)) {
            product = at::empty_like(output);
            switch_units(soft.numel(), soft.const_data_ptr<float>(),
                         output.const_data_ptr<float>(), static_cast<float>(threshold), by_hard,
                         hard.mutable_data_ptr<float>(), product.mutable_data_ptr<float>());
        } else {
            at::gt_out(hard, soft, threshold);
            product = output * broadcast_to_units(factor, output);
        }
        ctx->save_for_backward({output, soft, factor});
        ctx->saved_data["temperature"] = temperature;
        return {product, soft, hard};
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        auto saved = ctx->get_saved_variables();
        const auto &output = saved[0], &soft = saved[1], &factor = saved[2];
        const auto &of_product = gradients[0], &of_soft = gradients[1], &of_hard = gradients[2];
        const double temperature = ctx->saved_data["temperature"].toDouble();
        at::Tensor of_output, of_gates, of_logits;
        // The case of most steps: a gradient from the output, and one from the budget that is the same
        // for every gate.
        const bool from_budget = of_hard.defined() && one_number(of_hard);
        if (of_product.defined() && !of_soft.defined() && (from_budget || !of_hard.defined()) &&
            side_by_side(of_product, output) && side_by_side(soft, output)) {
            of_output = at::empty_like(output);
            of_logits = at::empty_like(soft);
            switch_units_backward(soft.numel(), of_product.const_data_ptr<float>(),
                                  output.const_data_ptr<float>(), soft.const_data_ptr<float>(),
                                  factor.const_data_ptr<float>(),
                                  from_budget ? *of_hard.const_data_ptr<float>() : 0.0f,
                                  static_cast<float>(1.0 / temperature),
                                  of_logits.mutable_data_ptr<float>(),
                                  of_output.mutable_data_ptr<float>());
            return {of_logits, of_output, at::Tensor(), at::Tensor(), at::Tensor()};
        }
        if (of_product.defined()) {
            if (ctx->needs_input_grad(1)) of_output = of_product * broadcast_to_units(factor, output);
            of_gates = of_product * output;
            if (output.dim() == 4) of_gates = of_gates.sum({2, 3});
            of_gates = at::sum_to(of_gates, soft.sizes());
        }
        for (const auto &direct : {of_soft, of_hard}) {
            if (!direct.defined()) continue;
            of_gates = of_gates.defined() ? of_gates + direct : direct;
        }
        if (of_gates.defined() && ctx->needs_input_grad(0)) {
            of_logits = at::sigmoid_backward(of_gates, soft);
            if (temperature != 1.0) of_logits.div_(temperature);
        }
        return {of_logits, of_output, at::Tensor(), at::Tensor(), at::Tensor()};
    }

  private:
    // Whether every element is the same one in memory.
    static bool one_number(const at::Tensor &tensor) {
        if (!tensor.is_cpu() || tensor.scalar_type() != at::kFloat) return false;
        for (int64_t i = 0; i < tensor.dim(); ++i)
            if (tensor.size(i) != 1 && tensor.stride(i) != 0) return false;
        return tensor.numel() > 0;
    }
};

// A constant, and the sums of all elements of each tensor times a weight for each.
struct WeightedSum : torch::autograd::Function<WeightedSum> {
    static at::Tensor forward(AutogradContext *ctx, at::TensorList tensors,
                              const std::vector<double> &weights, double constant) {
        ctx->save_for_backward(tensors.vec());
        ctx->saved_data["weights"] = weights;
        auto total = at::full({}, constant, tensors[0].options());
        for (size_t i = 0; i < tensors.size(); ++i) total.add_(tensors[i].sum(), weights[i]);
        return total;
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        auto tensors = ctx->get_saved_variables();
        auto weights = ctx->saved_data["weights"].toDoubleVector();
        variable_list of_tensors;
        for (size_t i = 0; i < tensors.size(); ++i)
            of_tensors.push_back((gradients[0] * weights[i]).expand_as(tensors[i]));
        of_tensors.resize(tensors.size() + 2);
        return of_tensors;
    }
};

// The mean square of positive values, times a weight.
struct SquaredHinge : torch::autograd::Function<SquaredHinge> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &values, double weight) {
        auto above = values.clamp_min(0.0);
        weight /= static_cast<double>(above.numel());
        ctx->save_for_backward({above});
        ctx->saved_data["weight"] = weight;
        return above.square().sum().mul_(weight);
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        auto above = ctx->get_saved_variables()[0];
        auto of_values = above * gradients[0];
        of_values.mul_(2.0 * ctx->saved_data["weight"].toDouble());
        return {of_values, at::Tensor()};
    }
};

} // namespace

extern "C" {

// The new tensors belong to the caller.
char *swanbench_switch(const at::Tensor *logits, const at::Tensor *output, double temperature,
                       double threshold, bool by_hard, at::Tensor **product, at::Tensor **soft,
                       at::Tensor **hard) {
    return guarded([&] {
        auto made = Switch::apply(*logits, *output, temperature, threshold, by_hard);
        *product = new at::Tensor(made[0]);
        *soft = new at::Tensor(made[1]);
        *hard = new at::Tensor(made[2]);
    });
}

// `tensors` and `weights` have `count` elements, at least one. The new tensor belongs to the caller.
char *swanbench_weighted_sum(at::Tensor *const *tensors, const double *weights, size_t count,
                            double constant, at::Tensor **out) {
    return guarded([&] {
        std::vector<at::Tensor> parts;
        for (size_t i = 0; i < count; ++i) parts.push_back(*tensors[i]);
        std::vector<double> by(weights, weights + count);
        *out = new at::Tensor(WeightedSum::apply(at::TensorList(parts), by, constant));
    });
}

// The new tensor belongs to the caller.
char *swanbench_squared_hinge(const at::Tensor *values, double weight, at::Tensor **out) {
    return guarded([&] { *out = new at::Tensor(SquaredHinge::apply(*values, weight)); });
}

} // extern "C"
