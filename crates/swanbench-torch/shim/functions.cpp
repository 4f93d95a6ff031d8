// Matrix products with their own backward pass: better kernels than libtorch would choose.

#include "guarded.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// input [m, k] times the transposed weight [n, k], plus bias [n], by oneDNN on plain tensors.
at::Tensor product(const at::Tensor &input, const at::Tensor &weight,
                   const std::optional<at::Tensor> &bias) {
    using Signature = at::Tensor(const at::Tensor &, const at::Tensor &,
                                 const std::optional<at::Tensor> &, std::string_view,
                                 c10::List<std::optional<at::Scalar>>,
                                 std::optional<std::string_view>);
    static const auto linear = c10::Dispatcher::singleton()
                                   .findSchemaOrThrow("mkldnn::_linear_pointwise", "")
                                   .typed<Signature>();
    return linear.call(input, weight, bias, "none", c10::List<std::optional<at::Scalar>>(), "");
}

// A linear layer whose three products are computed by oneDNN.
struct OneDnnLinear : torch::autograd::Function<OneDnnLinear> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &input,
                              const at::Tensor &weight, const std::optional<at::Tensor> &bias) {
        ctx->save_for_backward({input, weight});
        return product(input, weight, bias);
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        auto saved = ctx->get_saved_variables();
        const auto &input = saved[0], &weight = saved[1], gradient = gradients[0].contiguous();
        at::Tensor of_input, of_weight, of_bias;
        if (ctx->needs_input_grad(0)) of_input = product(gradient, weight.t(), {});
        if (ctx->needs_input_grad(1)) of_weight = product(gradient.t(), input.t(), {});
        if (ctx->needs_input_grad(2)) of_bias = gradient.sum(0);
        return {of_input, of_weight, of_bias};
    }
};

// Two linear maps, always in 32 bits. If one side is as short as the rank here, the choice of the
// transposed factor changes a product's time by a factor of two to four with MKL.
struct LowRank : torch::autograd::Function<LowRank> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &input,
                              const at::Tensor &reduce, const at::Tensor &expand,
                              const at::Tensor &bias) {
        c10::impl::ExcludeDispatchKeyGuard exact(c10::autocast_dispatch_keyset);
        const auto examples = input.to(reduce.scalar_type());
        const auto reduced = reduce.mm(examples.t());
        ctx->save_for_backward({examples, reduce, expand, reduced});
        ctx->saved_data["kind"] = input.scalar_type();
        return at::addmm(bias, reduced.t(), expand);
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        auto saved = ctx->get_saved_variables();
        const auto &examples = saved[0], &reduce = saved[1], &expand = saved[2];
        const auto &reduced = saved[3], gradient = gradients[0].contiguous();
        const auto of_reduced = expand.mm(gradient.t());
        at::Tensor of_input;
        if (ctx->needs_input_grad(0))
            of_input = of_reduced.t().mm(reduce).to(ctx->saved_data["kind"].toScalarType());
        return {of_input, of_reduced.mm(examples), reduced.mm(gradient), gradient.sum(0)};
    }
};

} // namespace

extern "C" {

// Whether oneDNN's products are faster: MKL uses AVX-512 on Intel's processors only.
bool swanbench_prefers_onednn() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_is("amd") && __builtin_cpu_supports("avx512f");
#else
    return false;
#endif
}

// The new tensor belongs to the caller; `bias` may be null.
char *swanbench_onednn_linear(const at::Tensor *input, const at::Tensor *weight,
                              const at::Tensor *bias, at::Tensor **out) {
    return guarded([&] {
        std::optional<at::Tensor> optional_bias;
        if (bias) optional_bias = *bias;
        *out = new at::Tensor(OneDnnLinear::apply(*input, *weight, optional_bias));
    });
}

// The new tensor belongs to the caller.
char *swanbench_low_rank(const at::Tensor *input, const at::Tensor *reduce,
                         const at::Tensor *expand, const at::Tensor *bias, at::Tensor **out) {
    return guarded([&] {
        *out = new at::Tensor(LowRank::apply(*input, *reduce, *expand, *bias));
    });
}

} // extern "C"
