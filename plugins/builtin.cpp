#include "plugins/builtin.hpp"

#include "plugins/binpack/binpack.hpp"
#include "plugins/capacity/capacity.hpp"
#include "plugins/conformance/conformance.hpp"
#include "plugins/deviceshare/deviceshare.hpp"
#include "plugins/dominant-share/dominant_share_packing.hpp"
#include "plugins/drf/drf.hpp"
#include "plugins/fragmentation/fragmentation.hpp"
#include "plugins/gang/gang.hpp"
#include "plugins/io-aware/io_aware.hpp"
#include "plugins/network-topology-aware/network_topology_aware.hpp"
#include "plugins/nodegroup/nodegroup.hpp"
#include "plugins/nodeorder/nodeorder.hpp"
#include "plugins/numa-aware/numa_aware.hpp"
#include "plugins/overcommit/overcommit.hpp"
#include "plugins/predicates/predicates.hpp"
#include "plugins/priority/priority.hpp"
#include "plugins/proportion/proportion.hpp"
#include "plugins/rank-aware/rank_aware.hpp"
#include "plugins/resourcequota/resourcequota.hpp"
#include "plugins/sla/sla.hpp"
#include "plugins/task-topology/task_topology.hpp"

namespace basalt {

std::vector<PluginType> builtin_plugins() {
  // clang-format off
  return {
      binpack(),
      capacity(),
      conformance(),
      deviceshare(),
      dominant_share_packing(),
      drf(),
      fragmentation(),
      gang(),
      io_aware(),
      network_topology_aware(),
      nodegroup(),
      nodeorder(),
      numa_aware(),
      overcommit(),
      predicates(),
      priority(),
      proportion(),
      rank_aware(),
      resourcequota(),
      sla(),
      task_topology(),
  };
  // clang-format on
}

}  // namespace basalt
