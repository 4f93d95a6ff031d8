// Gates as one node of the graph: in small nets the number of operations takes
// the time, not their arithmetic.

#include "guarded.h"
#include "loops.h"

#include <ATen/ExpandUtils.h>
#include <torch/csrc/autograd/custom_function.h>

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

// The least slope of an open gate for the budget. The sigmoid's own vanishes where a gate is sure to be
// open, and a budget that cannot close such gates is lost for good.
constexpr float LEAST_SLOPE = 0.05f;

FOR_WIDE_REGISTERS
void switch_units(int64_t units, const float *soft, const float *output, float threshold, bool by_hard,
                  float *hard, float *product) {
    for (int64_t i = 0; i < units; ++i) {
        hard[i] = soft[i] > threshold ? 1.0f : 0.0f;
        product[i] = output[i] * (by_hard ? hard[i] : soft[i]);
    }
}

// The place of the largest value, the first of equal ones; the first if none is a number.
FOR_WIDE_REGISTERS
int64_t largest(int64_t count, const float *values) {
    // Several maxima side by side: one alone would wait for itself.
    constexpr int64_t lanes = 16;
    float most[lanes];
    std::fill_n(most, lanes, -1.0f);
    const int64_t whole = count - count % lanes;
    for (int64_t at = 0; at < whole; at += lanes)
        for (int64_t i = 0; i < lanes; ++i) most[i] = std::max(most[i], values[at + i]);
    float maximum = *std::max_element(most, most + lanes);
    for (int64_t at = whole; at < count; ++at) maximum = std::max(maximum, values[at]);
    const auto *place = std::find(values, values + count, maximum);
    return place == values + count ? 0 : place - values;
}

FOR_WIDE_REGISTERS
void switch_units_backward(int64_t units, const float *of_product, const float *output,
                           const float *soft, const float *hard, bool by_hard, float of_hard,
                           float steepness, float *of_logits, float *of_output) {
    for (int64_t i = 0; i < units; ++i) {
        of_output[i] = of_product[i] * (by_hard ? hard[i] : soft[i]);
        const float slope = (1.0f - soft[i]) * soft[i];
        const float budget_slope = std::max(slope, LEAST_SLOPE * hard[i]);
        of_logits[i] = (of_product[i] * output[i] * slope + of_hard * budget_slope) * steepness;
    }
}

// Multiplies the positions of one example's map, `count` numbers, by the factors of its channels.
FOR_WIDE_REGISTERS
void switch_map(int64_t count, int64_t channels, const float *output, const float *factor,
                float *product) {
    for (int64_t at = 0; at < count; at += channels)
        for (int64_t i = 0; i < channels; ++i) product[at + i] = output[at + i] * factor[i];
}

// Adds to `of_factor` what each channel's positions hand to its factor.
FOR_WIDE_REGISTERS
void switch_map_backward(int64_t count, int64_t channels, const float *of_product,
                         const float *output, const float *factor, float *of_output,
                         float *of_factor) {
    for (int64_t at = 0; at < count; at += channels)
        for (int64_t i = 0; i < channels; ++i) {
            of_output[at + i] = of_product[at + i] * factor[i];
            of_factor[i] += of_product[at + i] * output[at + i];
        }
}

// Whether `gates`, of each example or of all, switch plain feature maps.
bool switches_maps(const at::Tensor &gates, const at::Tensor &output) {
    return channels_last(output) && gates.is_cpu() && gates.scalar_type() == at::kFloat &&
           gates.is_contiguous() && gates.size(1) == output.size(1) &&
           (gates.size(0) == 1 || gates.size(0) == output.size(0));
}

// Gates in the shape of the units of `output`, which may be feature maps.
at::Tensor broadcast_to_units(const at::Tensor &gates, const at::Tensor &output) {
    return output.dim() == 4 ? gates.unsqueeze(-1).unsqueeze(-1) : gates;
}

// The output times the factors of its units.
at::Tensor times_factors(const at::Tensor &output, const at::Tensor &factors) {
    if (!switches_maps(factors, output)) return output * broadcast_to_units(factors, output);
    auto product = at::empty_like(output);
    const int64_t channels = output.size(1), count = output.size(2) * output.size(3) * channels;
    for (int64_t example = 0; example < output.size(0); ++example) {
        const int64_t own = factors.size(0) == 1 ? 0 : example * channels;
        switch_map(count, channels, output.const_data_ptr<float>() + example * count,
                   factors.const_data_ptr<float>() + own,
                   product.mutable_data_ptr<float>() + example * count);
    }
    return product;
}

// The gradients of the output and of the factors, from that of their product.
std::pair<at::Tensor, at::Tensor> times_factors_backward(const at::Tensor &of_product,
                                                         const at::Tensor &output,
                                                         const at::Tensor &factors) {
    if (!switches_maps(factors, output) || !channels_last(of_product)) {
        auto of_factors = of_product * output;
        if (output.dim() == 4) of_factors = of_factors.sum({2, 3});
        return {of_product * broadcast_to_units(factors, output),
                at::sum_to(of_factors, factors.sizes())};
    }
    auto of_output = at::empty_like(output), of_each = at::zeros({output.size(0), output.size(1)});
    const int64_t channels = output.size(1), count = output.size(2) * output.size(3) * channels;
    for (int64_t example = 0; example < output.size(0); ++example) {
        const int64_t own = factors.size(0) == 1 ? 0 : example * channels;
        switch_map_backward(count, channels, of_product.const_data_ptr<float>() + example * count,
                            output.const_data_ptr<float>() + example * count,
                            factors.const_data_ptr<float>() + own,
                            of_output.mutable_data_ptr<float>() + example * count,
                            of_each.mutable_data_ptr<float>() + example * channels);
    }
    return {of_output, at::sum_to(of_each, factors.sizes())};
}

// Probabilities, hard gates with the gradient of the probabilities, and the output times one of them.
struct Switch : torch::autograd::Function<Switch> {
    static variable_list forward(AutogradContext *ctx, const at::Tensor &logits,
                                 const at::Tensor &output, double temperature, double threshold,
                                 bool by_hard) {
        ctx->set_materialize_grads(false);
        auto soft = temperature == 1.0 ? logits.sigmoid() : (logits / temperature).sigmoid_();
        auto hard = at::empty_like(soft);
        at::Tensor product;
        if (side_by_side(soft, output)) {
            product = at::empty_like(output);
            const auto *each_soft = soft.const_data_ptr<float>();
            const auto *each_output = output.const_data_ptr<float>();
            auto *each_hard = hard.mutable_data_ptr<float>();
            auto *each_product = product.mutable_data_ptr<float>();
            switch_units(soft.numel(), each_soft, each_output, static_cast<float>(threshold), by_hard,
                         each_hard, each_product);
            for (int64_t row = 0; row < soft.size(0); ++row) {
                const int64_t first = row * soft.size(1);
                const int64_t best = first + largest(soft.size(1), each_soft + first);
                each_hard[best] = 1.0f;
                if (by_hard) each_product[best] = each_output[best];
            }
        } else {
            at::gt_out(hard, soft, threshold);
            hard.scatter_(1, soft.argmax(1, true), 1.0);
            product = times_factors(output, by_hard ? hard : soft);
        }
        ctx->save_for_backward({output, soft, hard});
        ctx->saved_data["temperature"] = temperature;
        ctx->saved_data["by_hard"] = by_hard;
        return {product, soft, hard};
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        auto saved = ctx->get_saved_variables();
        const auto &output = saved[0], &soft = saved[1], &hard = saved[2];
        const auto &of_product = gradients[0], &of_soft = gradients[1], &of_hard = gradients[2];
        const double temperature = ctx->saved_data["temperature"].toDouble();
        const bool by_hard = ctx->saved_data["by_hard"].toBool();
        at::Tensor of_output, of_gates, of_logits;
        // The case of most steps: a gradient from the output, and one from the budget that is the same
        // for all units of an example.
        const bool from_budget = of_hard.defined() && one_number_per_row(of_hard);
        if (of_product.defined() && !of_soft.defined() && (from_budget || !of_hard.defined()) &&
            side_by_side(of_product, output) && side_by_side(soft, output)) {
            of_output = at::empty_like(output);
            of_logits = at::empty_like(soft);
            const int64_t units = soft.size(1);
            for (int64_t row = 0; row < soft.size(0); ++row) {
                const int64_t at = row * units;
                const float budget =
                    from_budget ? of_hard.const_data_ptr<float>()[row * of_hard.stride(0)] : 0.0f;
                switch_units_backward(units, of_product.const_data_ptr<float>() + at,
                                      output.const_data_ptr<float>() + at,
                                      soft.const_data_ptr<float>() + at,
                                      hard.const_data_ptr<float>() + at, by_hard, budget,
                                      static_cast<float>(1.0 / temperature),
                                      of_logits.mutable_data_ptr<float>() + at,
                                      of_output.mutable_data_ptr<float>() + at);
            }
            return {of_logits, of_output, at::Tensor(), at::Tensor(), at::Tensor()};
        }
        if (of_product.defined()) {
            std::tie(of_output, of_gates) =
                times_factors_backward(of_product, output, by_hard ? hard : soft);
        }
        if (of_soft.defined()) of_gates = of_gates.defined() ? of_gates + of_soft : of_soft;
        if (ctx->needs_input_grad(0)) {
            if (of_gates.defined()) of_logits = at::sigmoid_backward(of_gates, soft);
            if (of_hard.defined()) {
                auto slope = at::maximum((1.0 - soft) * soft, hard * LEAST_SLOPE);
                slope.mul_(of_hard);
                of_logits = of_logits.defined() ? of_logits.add_(slope) : slope;
            }
            if (of_logits.defined() && temperature != 1.0) of_logits.div_(temperature);
        }
        return {of_logits, of_output, at::Tensor(), at::Tensor(), at::Tensor()};
    }

  private:
    // Whether all elements of a row are the same one in memory.
    static bool one_number_per_row(const at::Tensor &tensor) {
        return tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.dim() == 2 &&
               (tensor.size(1) == 1 || tensor.stride(1) == 0);
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

} // extern "C"
