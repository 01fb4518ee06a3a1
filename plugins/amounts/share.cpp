#include "plugins/amounts/share.hpp"

namespace basalt {

Share dominant_share(const Resources& amount, const Resources& whole) {
  return dominant_share(amount, Resources{}, whole);
}

Share dominant_share(const Resources& amount, const Resources& more, const Resources& whole) {
  Share dominant;
  for (Dimension kind = 0; kind < whole.width(); ++kind) {
    if (whole[kind] <= 0) continue;
    const Share share{amount[kind] + more[kind], whole[kind]};
    if (share > dominant) dominant = share;
  }
  return dominant;
}

}  // namespace basalt
