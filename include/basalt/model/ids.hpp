#pragma once

#include "basalt/base/id.hpp"

namespace basalt {

using TaskId = Id<struct TaskTag>;            ///< a pod
using JobId = Id<struct JobTag>;              ///< a PodGroup, or the implicit group of bare pods
using SubJobId = Id<struct SubJobTag>;        ///< a part of a job with a minimum of its own
using QueueId = Id<struct QueueTag>;          ///< a Queue
using NodeId = Id<struct NodeTag>;            ///< a Node
using HyperNodeId = Id<struct HyperNodeTag>;  ///< a HyperNode, or the virtual one on top of all
using SpecId = Id<struct SpecTag>;            ///< what pods of one template ask for
using LabelSetId = Id<struct LabelSetTag>;    ///< labels that pods share

}  // namespace basalt
