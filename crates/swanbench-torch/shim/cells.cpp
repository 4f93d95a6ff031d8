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

// Adds numbers side by side.
FOR_WIDE_REGISTERS
void add(int64_t count, const float *__restrict__ values, float *__restrict__ sums) {
    for (int64_t i = 0; i < count; ++i) sums[i] += values[i];
}

// The cells of a map, taken band by band: the rows of a map that belong to one row of cells.
struct Grid {
    int64_t examples, channels, height, width, rows, columns;

    Grid(at::IntArrayRef map, int64_t rows, int64_t columns)
        : examples(map[0]), channels(map[1]), height(map[2]), width(map[3]), rows(rows),
          columns(columns) {}

    // Numbers of a row of the map.
    int64_t row() const { return width * channels; }

    // Calls `visit` for every band with its place in the map, its height, and its place among the cells.
    template <class Visit> void each_band(Visit visit) const {
        for (int64_t example = 0; example < examples; ++example)
            for (int64_t y = 0; y < rows; ++y) {
                const Span down(y, rows, height);
                visit((example * height + down.begin) * row(), down.end - down.begin,
                      example * channels * rows * columns + y * columns);
            }
    }

    // Calls `visit` for every channel of every cell of a band with its place in the band's first cell
    // of the first channel, its place in a row of the map, and its width.
    template <class Visit> void each_cell(Visit visit) const {
        for (int64_t x = 0; x < columns; ++x) {
            const Span across(x, columns, width);
            for (int64_t i = 0; i < channels; ++i)
                visit(i * rows * columns + x, across.begin * channels + i, across.end - across.begin);
        }
    }
};

// [examples, channels, height, width] to [examples, channels x rows x columns].
struct CellMeans : torch::autograd::Function<CellMeans> {
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &map, int64_t rows,
                              int64_t columns) {
        const Grid grid(map.sizes(), rows, columns);
        auto means = at::empty({grid.examples, grid.channels * rows * columns}, map.options());
        const auto *values = map.const_data_ptr<float>();
        auto *out = means.mutable_data_ptr<float>();
        std::vector<float> sums(grid.row());
        grid.each_band([&](int64_t first, int64_t height, int64_t cells) {
            std::copy_n(values + first, grid.row(), sums.data());
            for (int64_t y = 1; y < height; ++y)
                add(grid.row(), values + first + y * grid.row(), sums.data());
            grid.each_cell([&](int64_t cell, int64_t begin, int64_t width) {
                float sum = 0.0f;
                for (int64_t x = 0; x < width; ++x) sum += sums[begin + x * grid.channels];
                out[cells + cell] = sum / static_cast<float>(height * width);
            });
        });
        ctx->saved_data["map"] = map.sizes();
        ctx->saved_data["rows"] = rows;
        ctx->saved_data["columns"] = columns;
        return means;
    }

    static variable_list backward(AutogradContext *ctx, variable_list gradients) {
        const auto shape = ctx->saved_data["map"].toIntVector();
        const Grid grid(shape, ctx->saved_data["rows"].toInt(), ctx->saved_data["columns"].toInt());
        const auto gradient = gradients[0].contiguous();
        auto of_map = at::empty(
            shape, gradient.options().memory_format(at::MemoryFormat::ChannelsLast));
        of_map.zero_();
        const auto *given = gradient.const_data_ptr<float>();
        auto *values = of_map.mutable_data_ptr<float>();
        std::vector<float> shares(grid.row());
        grid.each_band([&](int64_t first, int64_t height, int64_t cells) {
            std::fill(shares.begin(), shares.end(), 0.0f);
            grid.each_cell([&](int64_t cell, int64_t begin, int64_t width) {
                const float share = given[cells + cell] / static_cast<float>(height * width);
                for (int64_t x = 0; x < width; ++x) shares[begin + x * grid.channels] += share;
            });
            for (int64_t y = 0; y < height; ++y)
                add(grid.row(), shares.data(), values + first + y * grid.row());
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
