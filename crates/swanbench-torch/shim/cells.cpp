// What gates read: the means of a feature map over a grid of cells.

#include "guarded.h"
#include "loops.h"

#include <torch/csrc/autograd/custom_function.h>

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The positions of one cell along one side; as in libtorch, neighbours overlap where the side is no
// multiple of the cells.
struct Span {
    int64_t begin, end;

    Span(int64_t cell, int64_t cells, int64_t side)
        : begin(cell * side / cells), end(((cell + 1) * side + cells - 1) / cells) {}
};

FOR_WIDE_REGISTERS
void add_positions(int64_t positions, int64_t channels, const float *values, float *sums) {
    if (channels == 1) {
        for (int64_t at = 0; at < positions; ++at) sums[0] += values[at];
        return;
    }
    for (int64_t at = 0; at < positions; ++at)
        for (int64_t i = 0; i < channels; ++i) sums[i] += values[at * channels + i];
}

FOR_WIDE_REGISTERS
void add_to_positions(int64_t positions, int64_t channels, const float *share, float *values) {
    for (int64_t at = 0; at < positions; ++at)
        for (int64_t i = 0; i < channels; ++i) values[at * channels + i] += share[i];
}

// Calls `visit` for every cell of every example with its place in the result, the number of its
// positions, and its rows: where the first begins and how many positions each has.
template <class Visit>
void each_cell(at::IntArrayRef map, int64_t rows, int64_t columns, Visit visit) {
    const int64_t channels = map[1], height = map[2], width = map[3];
    for (int64_t example = 0; example < map[0]; ++example)
        for (int64_t y = 0; y < rows; ++y)
            for (int64_t x = 0; x < columns; ++x) {
                const Span down(y, rows, height), across(x, columns, width);
                const int64_t place = example * channels * rows * columns + y * columns + x;
                const int64_t first = ((example * height + down.begin) * width + across.begin);
                visit(place, down.end - down.begin, across.end - across.begin, first * channels);
            }
}

// [examples, channels, height, width] to [examples, channels x rows x columns].
struct CellMeans : torch::autograd::Function<CellMeans> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &map, int64_t rows,
                              int64_t columns) {
        const int64_t channels = map.size(1), row = map.size(3) * channels;
        auto means = at::empty({map.size(0), channels * rows * columns}, map.options());
        const auto *values = map.const_data_ptr<float>();
        auto *out = means.mutable_data_ptr<float>();
        std::vector<float> sums(channels);
        each_cell(map.sizes(), rows, columns,
                  [&](int64_t place, int64_t down, int64_t across, int64_t first) {
                      std::fill(sums.begin(), sums.end(), 0.0f);
                      for (int64_t y = 0; y < down; ++y)
                          add_positions(across, channels, values + first + y * row, sums.data());
                      const float share = 1.0f / static_cast<float>(down * across);
                      for (int64_t i = 0; i < channels; ++i)
                          out[place + i * rows * columns] = sums[i] * share;
                  });
        ctx->saved_data["map"] = map.sizes();
        ctx->saved_data["rows"] = rows;
        ctx->saved_data["columns"] = columns;
        return means;
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        const auto shape = ctx->saved_data["map"].toIntVector();
        const int64_t rows = ctx->saved_data["rows"].toInt();
        const int64_t columns = ctx->saved_data["columns"].toInt();
        const int64_t channels = shape[1], row = shape[3] * channels;
        const auto gradient = gradients[0].contiguous();
        auto of_map = at::empty(
            shape, gradient.options().memory_format(at::MemoryFormat::ChannelsLast));
        of_map.zero_();
        const auto *given = gradient.const_data_ptr<float>();
        auto *values = of_map.mutable_data_ptr<float>();
        std::vector<float> shares(channels);
        each_cell(shape, rows, columns,
                  [&](int64_t place, int64_t down, int64_t across, int64_t first) {
                      const float share = 1.0f / static_cast<float>(down * across);
                      for (int64_t i = 0; i < channels; ++i)
                          shares[i] = given[place + i * rows * columns] * share;
                      for (int64_t y = 0; y < down; ++y)
                          add_to_positions(across, channels, shares.data(),
                                           values + first + y * row);
                  });
        return {of_map, at::Tensor(), at::Tensor()};
    }
};

} // namespace

extern "C" {

// Averages a map over `rows` by `columns` cells. The new tensor belongs to the caller.
char *swanbench_cell_means(const at::Tensor *map, int64_t rows, int64_t columns, at::Tensor **out) {
    return guarded([&] {
        *out = new at::Tensor(channels_last(*map)
                                  ? CellMeans::apply(*map, rows, columns)
                                  : at::adaptive_avg_pool2d(*map, {rows, columns}).flatten(1));
    });
}

} // extern "C"
