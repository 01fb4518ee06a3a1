#pragma once

namespace basalt {

/// Makes one visitor of several lambdas, so that `std::visit` over a variant does not compile
/// until every alternative is taken care of.
template <class... Callables>
struct Overloaded : Callables... {
  using Callables::operator()...;
};
template <class... Callables>
Overloaded(Callables...) -> Overloaded<Callables...>;

}  // namespace basalt
