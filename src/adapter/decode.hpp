#pragma once

#include "basalt/base/result.hpp"
#include "basalt/model/delta.hpp"
#include "basalt/model/objects.hpp"
#include "kube/object.hpp"

/// Kubernetes objects as they came from the API server -> values of the model. Both encodings are read by the same
/// description of the fields (see fields.hpp), so they cannot differ in what they accept. Everything here is stateless
/// and safe to call from any number of threads; nothing throws and no input can make it read outside of its bytes.
namespace basalt::adapter {

/// Decodes one object of a kind. Fails with `invalid` when
/// - the bytes are not well-formed, are of another kind (JSON that says so), or lack metadata.name (and
///   metadata.namespace for namespaced kinds); or
/// - the object is well-formed but senseless to schedule by: a quantity that does not parse, is negative or beyond
///   any machine (`Resources::kMaxTaskAmount` and its siblings), an enum value nobody knows, a port out of range, a
///   negative minimum. The message then is "<field path>: <what is wrong and what was expected>", for example
///   `spec.containers[0].resources.requests["memory"]: ...`.
/// PodGroup, Queue and HyperNode exist as JSON only: protobuf fails with `unsupported`.
/// Source of the protobuf numbers: k8s.io/api generated.proto, checked against 1.20 to 1.34.
Result<ObjectVariant> decode(ObjectKind kind, const kube::ObjectBytes& object);

/// What a reflector's upsert means: `Upserted`, or `Rejected` with the message of `decode` as its reason. `head`
/// identifies an object whose own bytes cannot be decoded; `Rejected::node_name` is filled as far as it could be read.
Delta to_delta(ObjectKind kind, const kube::ObjectHead& head, const kube::ObjectBytes& object);

/// What a reflector's delete means.
Delta to_removed(ObjectKind kind, const kube::ObjectHead& head);

}  // namespace basalt::adapter
