#pragma once

#include "adapter/json_message.hpp"
#include "adapter/protobuf_message.hpp"
#include "basalt/model/objects.hpp"

/// One function a kind: fills an empty object from its message. What is wrong goes to `in.reading()`. Each is defined
/// (and, where the kind exists in protobuf, instantiated for ProtobufMessage and JsonMessage) in the file named after
/// its group of kinds.
namespace basalt::adapter {

template <class In>
void read_pod(const In& in, PodObject& pod);  // decode_pod.cpp
template <class In>
void read_node(const In& in, NodeObject& node);  // decode_node.cpp

// decode_cluster_objects.cpp
template <class In>
void read_priority_class(const In& in, PriorityClassObject& priority_class);
template <class In>
void read_claim(const In& in, ClaimObject& claim);
template <class In>
void read_volume(const In& in, VolumeObject& volume);
template <class In>
void read_storage_class(const In& in, StorageClassObject& storage_class);
template <class In>
void read_namespace(const In& in, NamespaceObject& space);
template <class In>
void read_resource_quota(const In& in, ResourceQuotaObject& quota);  // decode_resource_quota.cpp

void read_pod_group(const JsonMessage& in, PodGroupObject& group);          // decode_pod_group.cpp
void read_queue(const JsonMessage& in, QueueObject& queue);                 // decode_queue.cpp
void read_hyper_node(const JsonMessage& in, HyperNodeObject& hyper_node);   // decode_hyper_node.cpp
void read_numatopology(const JsonMessage& in, NumatopologyObject& object);  // decode_numatopology.cpp

}  // namespace basalt::adapter
