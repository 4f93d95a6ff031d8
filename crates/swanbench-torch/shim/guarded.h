// How every function of the shim reports what libtorch throws: null, or a message that the caller
// frees with `swanbench_free_message`.
#pragma once

#include <c10/util/Exception.h>
#include <cstring>
#include <exception>

template <class Body> char *guarded(Body body) {
    try {
        body();
        return nullptr;
    } catch (const c10::Error &error) {
        return strdup(error.what_without_backtrace());
    } catch (const std::exception &error) {
        return strdup(error.what());
    } catch (...) {
        return strdup("an exception of unknown type");
    }
}
