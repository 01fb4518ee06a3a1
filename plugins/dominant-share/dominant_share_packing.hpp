#pragma once

#include "basalt/framework/plugin.hpp"
#include "basalt/framework/terms.hpp"
#include "basalt/model/resources.hpp"

namespace basalt {

/// How well a request fills a node in all kinds of resources that the node has, "pods" left out:
///
///     50 * dominant + 25 * (1 + stranded_before - stranded)
///
/// points, from 0 to 100. `dominant` is the largest part of a kind that is in use with the request: it bounds what
/// else can come. `stranded` is the mean, over the kinds, of what that bound leaves unused: dominant less the part in
/// use. Parts, not amounts: the unit of a kind does not matter. 0 if the request does not fit.
Score dominant_share_packing_score(const Resources& request, const Resources& used, const Resources& allocatable);

/// Prefers the node that is fullest in its scarcest kind, and of which the task strands least.
PluginType dominant_share_packing();

}  // namespace basalt
