// What follows a convolution, as one node of the graph each: these operations wait for memory, so that
// time is in the number of passes over a feature map. Other tensors than plain feature maps on the CPU
// take libtorch's own operations.

#include "guarded.h"
#include "loops.h"

#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <cmath>

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The positive part; a value that is no number stays, so that a run that diverges is seen.
inline float rectified(float value) { return value < 0.0f ? 0.0f : value; }

FOR_WIDE_REGISTERS
void add_values(int64_t count, int64_t width, const float *values, float *sums) {
    for (int64_t at = 0; at < count; at += width)
        for (int64_t i = 0; i < std::min(width, count - at); ++i) sums[i] += values[at + i];
}

FOR_WIDE_REGISTERS
void add_squares(int64_t count, int64_t width, const float *values, const float *mean, float *sums) {
    for (int64_t at = 0; at < count; at += width)
        for (int64_t i = 0; i < std::min(width, count - at); ++i) {
            const float deviation = values[at + i] - mean[i];
            sums[i] += deviation * deviation;
        }
}

// Adds the gradients where the output is positive, and their products with the deviations.
FOR_WIDE_REGISTERS
void add_gradients(int64_t count, int64_t width, const float *gradient, const float *output,
                   const float *values, const float *mean, float *sums, float *products) {
    for (int64_t at = 0; at < count; at += width)
        for (int64_t i = 0; i < std::min(width, count - at); ++i) {
            const float passed = output[at + i] <= 0.0f ? 0.0f : gradient[at + i];
            sums[i] += passed;
            products[i] += passed * (values[at + i] - mean[i]);
        }
}

FOR_WIDE_REGISTERS
void normalise_rows(int64_t count, int64_t width, const float *values, const float *mean,
                    const float *factor, const float *shift, const float *other, float *output) {
    for (int64_t at = 0; at < count; at += width) {
        const int64_t end = std::min(width, count - at);
        if (other) {
            for (int64_t i = 0; i < end; ++i)
                output[at + i] =
                    rectified((values[at + i] - mean[i]) * factor[i] + shift[i] + other[at + i]);
        } else {
            for (int64_t i = 0; i < end; ++i)
                output[at + i] = rectified((values[at + i] - mean[i]) * factor[i] + shift[i]);
        }
    }
}

// `passed` may be null: the gradient of what was added.
FOR_WIDE_REGISTERS
void normalise_rows_backward(int64_t count, int64_t width, const float *gradient,
                             const float *output, const float *values, const float *mean,
                             const float *factor, const float *of_deviation, const float *constant,
                             float *of_values, float *passed) {
    for (int64_t at = 0; at < count; at += width) {
        const int64_t end = std::min(width, count - at);
        if (passed)
            for (int64_t i = 0; i < end; ++i)
                passed[at + i] = output[at + i] <= 0.0f ? 0.0f : gradient[at + i];
        for (int64_t i = 0; i < end; ++i) {
            const float own = output[at + i] <= 0.0f ? 0.0f : gradient[at + i];
            of_values[at + i] =
                own * factor[i] + (values[at + i] - mean[i]) * of_deviation[i] + constant[i];
        }
    }
}

// Sums per channel in 64 bits of what `add` adds to rows in 32 bits, a piece of the map at a time.
template <size_t SUMS, class Add>
std::array<std::vector<double>, SUMS> sum_by_channel(int64_t count, int64_t channels, Add add) {
    const int64_t width = row_width(channels), piece = width * 64;
    std::array<std::vector<double>, SUMS> totals;
    totals.fill(std::vector<double>(channels));
    std::array<std::vector<float>, SUMS> rows;
    for (int64_t at = 0; at < count; at += piece) {
        for (auto &row : rows) row.assign(width, 0.0f);
        add(at, std::min(piece, count - at), width, rows);
        for (size_t sum = 0; sum < SUMS; ++sum)
            for (int64_t i = 0; i < width; ++i) totals[sum][i % channels] += rows[sum][i];
    }
    return totals;
}

// max(0, normalised input + other) by the statistics of the batch (Ioffe and Szegedy 2015).
struct NormaliseRelu : torch::autograd::Function<NormaliseRelu> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &input, const at::Tensor &scale,
                              const at::Tensor &shift, const std::optional<at::Tensor> &other,
                              at::Tensor running_mean, at::Tensor running_variance, double momentum,
                              double epsilon) {
        const int64_t count = input.numel(), channels = input.size(1), width = row_width(channels);
        const double positions = static_cast<double>(count / channels);
        const auto *values = input.const_data_ptr<float>();
        const auto sums = sum_by_channel<1>(
            count, channels, [&](int64_t at, int64_t length, int64_t width, auto &rows) {
                add_values(length, width, values + at, rows[0].data());
            });
        auto mean = at::empty_like(scale), deviation = at::empty_like(scale);
        auto *means = mean.mutable_data_ptr<float>();
        for (int64_t i = 0; i < channels; ++i)
            means[i] = static_cast<float>(sums[0][i] / positions);
        const auto mean_row = along_row(mean);
        const auto squares = sum_by_channel<1>(
            count, channels, [&](int64_t at, int64_t length, int64_t width, auto &rows) {
                add_squares(length, width, values + at, mean_row.data(), rows[0].data());
            });
        auto *inverse = deviation.mutable_data_ptr<float>();
        auto *kept_mean = running_mean.mutable_data_ptr<float>();
        auto *kept_variance = running_variance.mutable_data_ptr<float>();
        const auto keep = [momentum](float &kept, double now) {
            kept = static_cast<float>((1.0 - momentum) * kept + momentum * now);
        };
        for (int64_t i = 0; i < channels; ++i) {
            inverse[i] = static_cast<float>(1.0 / std::sqrt(squares[0][i] / positions + epsilon));
            keep(kept_mean[i], means[i]);
            keep(kept_variance[i], squares[0][i] / (positions - 1.0));
        }
        auto output = at::empty_like(input);
        normalise_rows(count, width, values, mean_row.data(), along_row(scale * deviation).data(),
                       along_row(shift).data(), other ? other->const_data_ptr<float>() : nullptr,
                       output.mutable_data_ptr<float>());
        ctx->save_for_backward({input, output, scale, mean, deviation});
        return output;
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        auto saved = ctx->get_saved_variables();
        const auto &input = saved[0], &output = saved[1], &scale = saved[2], &mean = saved[3];
        const auto &inverse = saved[4];
        const auto gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        const int64_t count = input.numel(), channels = input.size(1), width = row_width(channels);
        const auto *values = input.const_data_ptr<float>();
        const auto *outputs = output.const_data_ptr<float>();
        const auto *given = gradient.const_data_ptr<float>();
        const auto mean_row = along_row(mean);
        const auto sums = sum_by_channel<2>(
            count, channels, [&](int64_t at, int64_t length, int64_t width, auto &rows) {
                add_gradients(length, width, given + at, outputs + at, values + at, mean_row.data(),
                              rows[0].data(), rows[1].data());
            });
        auto of_scale = at::empty_like(scale), of_shift = at::empty_like(scale);
        auto of_deviation = at::empty_like(scale), constant = at::empty_like(scale);
        const double positions = static_cast<double>(count / channels);
        for (int64_t i = 0; i < channels; ++i) {
            const double inverse_i = inverse.const_data_ptr<float>()[i];
            const double factor = scale.const_data_ptr<float>()[i] * inverse_i;
            of_shift.mutable_data_ptr<float>()[i] = static_cast<float>(sums[0][i]);
            of_scale.mutable_data_ptr<float>()[i] = static_cast<float>(sums[1][i] * inverse_i);
            of_deviation.mutable_data_ptr<float>()[i] =
                static_cast<float>(-factor * inverse_i * inverse_i * sums[1][i] / positions);
            constant.mutable_data_ptr<float>()[i] =
                static_cast<float>(-factor * sums[0][i] / positions);
        }
        auto of_input = at::empty_like(input);
        at::Tensor of_other;
        if (ctx->needs_input_grad(3)) of_other = at::empty_like(input);
        normalise_rows_backward(count, width, given, outputs, values, mean_row.data(),
                                along_row(scale * inverse).data(), along_row(of_deviation).data(),
                                along_row(constant).data(), of_input.mutable_data_ptr<float>(),
                                of_other.defined() ? of_other.mutable_data_ptr<float>() : nullptr);
        return {of_input,     of_scale,     of_shift,     of_other,
                at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

// The larger of two values, or one that is no number.
inline float larger(float one, float other) {
    // In this form the compiler finds vector instructions.
    const float number = other > one ? other : one;
    return other == other ? number : other;
}

// The largest of each 2 x 2 square along two rows of a map, rectified.
FOR_WIDE_REGISTERS
void pool_rows(int64_t squares, int64_t channels, const float *upper, const float *lower,
               float *__restrict__ largest) {
    for (int64_t square = 0; square < squares; ++square) {
        const float *above = upper + 2 * square * channels, *below = lower + 2 * square * channels;
        for (int64_t i = 0; i < channels; ++i)
            largest[square * channels + i] =
                rectified(larger(larger(above[i], above[channels + i]),
                                 larger(below[i], below[channels + i])));
    }
}

// Gives the gradient to the first value of a square that is the largest, if it is positive.
FOR_WIDE_REGISTERS
void pool_rows_backward(int64_t squares, int64_t channels, const float *upper, const float *lower,
                        const float *largest, const float *gradient, float *__restrict__ of_upper,
                        float *__restrict__ of_lower) {
    for (int64_t square = 0; square < squares; ++square) {
        const float *most = largest + square * channels, *given = gradient + square * channels;
        const int64_t left = 2 * square * channels, right = left + channels;
        for (int64_t i = 0; i < channels; ++i) {
            float rest = most[i] > 0.0f ? given[i] : 0.0f;
            const auto take = [&](float value) {
                const float taken = value == most[i] ? rest : 0.0f;
                rest = value == most[i] ? 0.0f : rest;
                return taken;
            };
            of_upper[left + i] = take(upper[left + i]);
            of_upper[right + i] = take(upper[right + i]);
            of_lower[left + i] = take(lower[left + i]);
            of_lower[right + i] = take(lower[right + i]);
        }
    }
}

// max(0, largest of each square) of whole 2 x 2 squares side by side.
struct MaxPoolRelu : torch::autograd::Function<MaxPoolRelu> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &input) {
        auto output =
            at::empty({input.size(0), input.size(1), input.size(2) / 2, input.size(3) / 2},
                      input.options().memory_format(at::MemoryFormat::ChannelsLast));
        const auto *values = input.const_data_ptr<float>();
        auto *largest = output.mutable_data_ptr<float>();
        each_row(input, [&](int64_t squares, int64_t channels, int64_t upper, int64_t lower,
                            int64_t row) {
            pool_rows(squares, channels, values + upper, values + lower, largest + row);
        });
        ctx->save_for_backward({input, output});
        return output;
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        auto saved = ctx->get_saved_variables();
        const auto &input = saved[0], &output = saved[1];
        const auto gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        auto of_input = at::empty_like(input);
        if (input.size(2) % 2 != 0 || input.size(3) % 2 != 0) of_input.zero_();
        const auto *values = input.const_data_ptr<float>();
        const auto *largest = output.const_data_ptr<float>();
        const auto *given = gradient.const_data_ptr<float>();
        auto *of_values = of_input.mutable_data_ptr<float>();
        each_row(input, [&](int64_t squares, int64_t channels, int64_t upper, int64_t lower,
                            int64_t row) {
            pool_rows_backward(squares, channels, values + upper, values + lower, largest + row,
                               given + row, of_values + upper, of_values + lower);
        });
        return {of_input};
    }

  private:
    // Calls `visit` for every row of squares with its squares and channels, and where its two rows of
    // the map and its row of maxima begin.
    template <class Visit> static void each_row(const at::Tensor &map, Visit visit) {
        const int64_t channels = map.size(1), row = map.size(3) * channels;
        const int64_t height = map.size(2) / 2, squares = map.size(3) / 2;
        for (int64_t example = 0; example < map.size(0); ++example)
            for (int64_t y = 0; y < height; ++y) {
                const int64_t upper = (example * map.size(2) + 2 * y) * row;
                const int64_t pooled = (example * height + y) * squares * channels;
                visit(squares, channels, upper, upper + row, pooled);
            }
    }
};

} // namespace

extern "C" {

bool swanbench_computes_in_bfloat16();

// Normalises by the batch, whose statistics weigh `momentum` in the running ones, adds `other`, which
// may be null, and rectifies. The new tensor belongs to the caller.
char *swanbench_normalise_relu(const at::Tensor *input, const at::Tensor *scale,
                               const at::Tensor *shift, const at::Tensor *other,
                               const at::Tensor *running_mean, const at::Tensor *running_variance,
                               double momentum, double epsilon, at::Tensor **out) {
    return guarded([&] {
        std::optional<at::Tensor> added;
        if (other) added = *other;
        // Of one value per channel nothing is left; libtorch says so.
        const bool has_statistics = input->dim() == 4 && input->numel() > input->size(1);
        if (has_statistics && channels_last(*input) && (!added || channels_last(*added)) &&
            !swanbench_computes_in_bfloat16()) {
            TORCH_CHECK(!added || added->sizes() == input->sizes(), "the sizes of a sum differ");
            *out = new at::Tensor(NormaliseRelu::apply(*input, *scale, *shift, added, *running_mean,
                                                       *running_variance, momentum, epsilon));
            return;
        }
        auto normalised = at::batch_norm(*input, *scale, *shift, *running_mean, *running_variance,
                                         /*training=*/true, momentum, epsilon, /*cudnn=*/true);
        if (added) normalised = normalised.add_(*added);
        *out = new at::Tensor(normalised.relu_());
    });
}

// Takes the largest of each whole square of `size` by `size` positions, and rectifies it. The new
// tensor belongs to the caller.
char *swanbench_max_pool_relu(const at::Tensor *input, int64_t size, at::Tensor **out) {
    return guarded([&] {
        const bool fits = size == 2 && channels_last(*input) && input->size(2) > 1 && input->size(3) > 1;
        *out = new at::Tensor(fits ? MaxPoolRelu::apply(*input)
                                   : at::max_pool2d(*input, size).relu_());
    });
}

} // extern "C"
