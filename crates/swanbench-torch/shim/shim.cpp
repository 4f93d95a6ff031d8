// Features that tch does not expose: fused optimizers, separate generators, and flags of a thread or
// the process. Every function returns null, or a message that the caller frees with
// `swanbench_free_message`. Tensors are borrowed unless a comment says otherwise.

#include "guarded.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/Generator.h>
#include <c10/core/GradMode.h>
#include <dlfcn.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <mutex>
#include <string>
#include <torch/headeronly/version.h>
#include <vector>

namespace {

// The parameters that took part in the last backward pass, with their state side by side.
struct Participants {
    std::vector<at::Tensor> parameters, gradients;
    std::vector<size_t> positions;

    Participants(at::Tensor *const *all, size_t count) {
        for (size_t i = 0; i < count; ++i) {
            const at::Tensor &gradient = all[i]->grad();
            if (!gradient.defined()) continue;
            parameters.push_back(*all[i]);
            gradients.push_back(gradient);
            positions.push_back(i);
        }
    }

    std::vector<at::Tensor> state(at::Tensor *const *all) const {
        std::vector<at::Tensor> chosen;
        for (size_t i : positions) chosen.push_back(*all[i]);
        return chosen;
    }
};

} // namespace

extern "C" {

void swanbench_free_message(char *message) { free(message); }

// `all_steps` holds the elements of `steps`, which are views of it.
char *swanbench_fused_adam(at::Tensor *const *parameters, at::Tensor *const *first_moments,
                           at::Tensor *const *second_moments, at::Tensor *const *steps,
                           const at::Tensor *all_steps, size_t count, double learning_rate,
                           double beta1, double beta2, double weight_decay, double epsilon) {
    return guarded([&] {
        c10::NoGradGuard no_grad;
        Participants part(parameters, count);
        if (part.parameters.empty()) return;
        auto first = part.state(first_moments), second = part.state(second_moments);
        auto step = part.state(steps);
        if (step.size() == count) all_steps->add_(1);
        else at::_foreach_add_(step, 1);
        at::_fused_adam_(part.parameters, part.gradients, first, second, {}, step, learning_rate,
                         beta1, beta2, weight_decay, epsilon, /*amsgrad=*/false, /*maximize=*/false);
    });
}

char *swanbench_fused_sgd(at::Tensor *const *parameters, at::Tensor *const *momenta, size_t count,
                          double learning_rate, double momentum, double weight_decay) {
    return guarded([&] {
        c10::NoGradGuard no_grad;
        Participants part(parameters, count);
        if (part.parameters.empty()) return;
        auto velocity = part.state(momenta);
        // Momenta start at zero, so the general step is right for the first one too.
        at::_fused_sgd_(part.parameters, part.gradients, velocity, weight_decay, momentum,
                        learning_rate, /*dampening=*/0.0, /*nesterov=*/false, /*maximize=*/false,
                        /*is_first_step=*/false);
    });
}

// Drops gradients instead of zeroing them: the next backward pass writes where it would have added.
char *swanbench_drop_gradients(at::Tensor *const *parameters, size_t count) {
    return guarded([&] {
        for (size_t i = 0; i < count; ++i) parameters[i]->mutable_grad().reset();
    });
}

// The generator belongs to the caller, who frees it with `swanbench_generator_free`.
char *swanbench_generator_cpu(uint64_t seed, at::Generator **out) {
    return guarded([&] { *out = new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed)); });
}

char *swanbench_generator_cuda(int index, uint64_t seed, at::Generator **out) {
    return guarded([&] {
        auto generator = at::globalContext()
                             .getAcceleratorHooksInterface(at::DeviceType::CUDA)
                             .getNewGenerator(static_cast<c10::DeviceIndex>(index));
        generator.set_current_seed(seed);
        *out = new at::Generator(std::move(generator));
    });
}

void swanbench_generator_free(at::Generator *generator) { delete generator; }

// The new tensor belongs to the caller.
char *swanbench_generator_state(at::Generator *generator, at::Tensor **out) {
    return guarded([&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        *out = new at::Tensor(generator->get_state());
    });
}

char *swanbench_generator_restore(at::Generator *generator, const at::Tensor *state) {
    return guarded([&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        generator->set_state(*state);
    });
}

char *swanbench_fill_uniform(at::Tensor *tensor, double low, double high, at::Generator *generator) {
    return guarded([&] {
        c10::NoGradGuard no_grad;
        tensor->uniform_(low, high, *generator);
    });
}

char *swanbench_fill_normal(at::Tensor *tensor, double mean, double deviation,
                            at::Generator *generator) {
    return guarded([&] {
        c10::NoGradGuard no_grad;
        tensor->normal_(mean, deviation, *generator);
    });
}

char *swanbench_fill_bernoulli(at::Tensor *tensor, double probability, at::Generator *generator) {
    return guarded([&] {
        c10::NoGradGuard no_grad;
        tensor->bernoulli_(probability, *generator);
    });
}

// The new tensor, int64 on the generator's device, belongs to the caller.
char *swanbench_permutation(int64_t count, at::Generator *generator, at::Tensor **out) {
    return guarded([&] {
        auto options = at::TensorOptions().dtype(at::kLong).device(generator->device());
        *out = new at::Tensor(at::randperm(count, *generator, options));
    });
}

char *swanbench_prepare_process() {
    return guarded([&] {
#if defined(__GLIBC__)
        // Activations are a few MiB, freed and allocated again in every step: keep them in the heap
        // instead of mapping and clearing fresh pages each time.
        mallopt(M_MMAP_THRESHOLD, 1 << 30);
        mallopt(M_TRIM_THRESHOLD, 1 << 29);
#endif
        auto &context = at::globalContext();
        context.setDeterministicCuDNN(true);
        context.setBenchmarkCuDNN(false);
    });
}

char *swanbench_prepare_thread(int threads) {
    return guarded([&] {
        at::set_num_threads(threads);
        at::globalContext().setFlushDenormal(true);
    });
}

// Process-wide; PyTorch allows TF32 in convolutions by default.
char *swanbench_allow_tf32(bool allowed) {
    return guarded([&] {
        auto &context = at::globalContext();
        context.setAllowTF32CuBLAS(allowed);
        context.setAllowTF32CuDNN(allowed);
    });
}

// For this thread and one kind of device. The cache of cast weights is cleared at
// the end, since the optimizer changes them.
char *swanbench_enter_bfloat16(bool cuda) {
    return guarded([&] {
        auto device = cuda ? at::kCUDA : at::kCPU;
        at::autocast::set_autocast_dtype(device, at::kBFloat16);
        at::autocast::set_autocast_enabled(device, true);
        at::autocast::increment_nesting();
    });
}

const char *swanbench_libtorch_version() { return TORCH_VERSION; }

bool swanbench_computes_in_bfloat16() { return at::autocast::is_autocast_enabled(at::kCPU); }

char *swanbench_leave_bfloat16(bool cuda) {
    return guarded([&] {
        if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        at::autocast::set_autocast_enabled(cuda ? at::kCUDA : at::kCPU, false);
    });
}

// Loads libtorch's CUDA half into this process; the linker leaves it out to keep CPU starts light.
char *swanbench_load_cuda() {
    return guarded([&] {
        if (!dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL)) throw std::runtime_error(dlerror());
    });
}

} // extern "C"
