#pragma once

#include <string>

#include "basalt/model/objects.hpp"

namespace basalt::adapter {

/// An object of the model as the API server would show it: JSON with apiVersion, kind, metadata, spec and status, in
/// which `decode` finds the same object again. What the model leaves out is filled in as the API requires it: a pod has
/// one container that asks for all of it, claims and volumes are of one GiB. For what is made from text; an object that
/// came from the API server has more to it, and must not be written back from here.
/// Times are whole seconds. The default scoring amounts of a pod are not said, since they follow from its request.
std::string encode(const ObjectVariant& object);

}  // namespace basalt::adapter
