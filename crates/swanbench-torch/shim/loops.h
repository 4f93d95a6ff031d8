// Loops over feature maps in 32 bits whose channels are last in memory: position by position, so that
// they run along memory.
#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#if defined(__x86_64__) && defined(__GLIBC__)
// Compiled for plain and for wider registers; the processor decides which runs. Both give the same
// bits: nothing is added in another order.
#define FOR_WIDE_REGISTERS __attribute__((target_clones("default", "avx2")))
#else
#define FOR_WIDE_REGISTERS
#endif

// Whether a tensor is such a feature map.
inline bool channels_last(const at::Tensor &tensor) {
    return tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.dim() == 4 &&
           tensor.is_contiguous(at::MemoryFormat::ChannelsLast);
}

// Numbers of one loop step: as many whole positions as make long loops of few channels.
inline int64_t row_width(int64_t channels) {
    constexpr int64_t long_enough = 128;
    return channels * std::max<int64_t>(1, long_enough / channels);
}

// One number per channel, as often as there are positions in a row.
inline std::vector<float> along_row(const at::Tensor &per_channel) {
    const int64_t channels = per_channel.numel();
    const auto *values = per_channel.const_data_ptr<float>();
    std::vector<float> row(row_width(channels));
    for (size_t i = 0; i < row.size(); ++i) row[i] = values[i % channels];
    return row;
}
