#include "embedded/wire/message_table.hpp"

namespace basalt::embedded {

// Types that hold what no pod of a simulated node has (in-tree volume plugins of old) are not listed.
const std::string_view kMessageTable = R"(
ObjectMeta
    name 1 string, generateName 2 string, namespace 3 string, selfLink 4 string, uid 5 string,
    resourceVersion 6 string, generation 7 int, creationTimestamp 8 Time, deletionTimestamp 9 Time,
    deletionGracePeriodSeconds 10 int, labels 11 {}string, annotations 12 {}string,
    ownerReferences 13 []OwnerReference, finalizers 14 []string
OwnerReference
    kind 1 string, name 3 string, uid 4 string, apiVersion 5 string, controller 6 bool, blockOwnerDeletion 7 bool
LabelSelector
    matchLabels 1 {}string, matchExpressions 2 []LabelSelectorRequirement
LabelSelectorRequirement
    key 1 string, operator 2 string, values 3 []string
Condition
    type 1 string, status 2 string, observedGeneration 3 int, lastTransitionTime 4 Time, reason 5 string,
    message 6 string
Status
    status 2 string, message 3 string, reason 4 string, details 5 StatusDetails, code 6 int
StatusDetails
    name 1 string, group 2 string, kind 3 string, causes 4 []StatusCause, retryAfterSeconds 5 int, uid 6 string
StatusCause
    reason 1 string, message 2 string, field 3 string
DeleteOptions
    gracePeriodSeconds 1 int, preconditions 2 Preconditions, orphanDependents 3 bool, propagationPolicy 4 string,
    dryRun 5 []string, ignoreStoreReadErrorWithClusterBreakingPotential 6 bool
Preconditions
    uid 1 string, resourceVersion 2 string
Pod
    metadata 1 ObjectMeta, spec 2 PodSpec, status 3 PodStatus
PodSpec
    volumes 1 []Volume, containers 2 []Container, restartPolicy 3 string, terminationGracePeriodSeconds 4 int,
    activeDeadlineSeconds 5 int, dnsPolicy 6 string, nodeSelector 7 {}string, serviceAccountName 8 string,
    serviceAccount 9 string, nodeName 10 string, hostNetwork 11 bool, hostPID 12 bool, hostIPC 13 bool,
    securityContext 14 PodSecurityContext, imagePullSecrets 15 []LocalObjectReference, hostname 16 string,
    subdomain 17 string, affinity 18 Affinity, schedulerName 19 string, initContainers 20 []Container,
    automountServiceAccountToken 21 bool, tolerations 22 []Toleration, hostAliases 23 []HostAlias,
    priorityClassName 24 string, priority 25 int, dnsConfig 26 PodDNSConfig, shareProcessNamespace 27 bool,
    readinessGates 28 []PodReadinessGate, runtimeClassName 29 string, enableServiceLinks 30 bool,
    preemptionPolicy 31 string, overhead 32 {}Quantity, topologySpreadConstraints 33 []TopologySpreadConstraint,
    ephemeralContainers 34 []EphemeralContainer, setHostnameAsFQDN 35 bool, os 36 PodOS, hostUsers 37 bool,
    schedulingGates 38 []PodSchedulingGate, resourceClaims 39 []PodResourceClaim, resources 40 ResourceRequirements,
    hostnameOverride 41 string
PodStatus
    phase 1 string, conditions 2 []PodCondition, message 3 string, reason 4 string, hostIP 5 string, podIP 6 string,
    startTime 7 Time, containerStatuses 8 []ContainerStatus, qosClass 9 string,
    initContainerStatuses 10 []ContainerStatus, nominatedNodeName 11 string, podIPs 12 []PodIP,
    ephemeralContainerStatuses 13 []ContainerStatus, resize 14 string,
    resourceClaimStatuses 15 []PodResourceClaimStatus, hostIPs 16 []HostIP, observedGeneration 17 int
PodCondition
    type 1 string, status 2 string, lastProbeTime 3 Time, lastTransitionTime 4 Time, reason 5 string,
    message 6 string, observedGeneration 7 int
Container
    name 1 string, image 2 string, command 3 []string, args 4 []string, workingDir 5 string,
    ports 6 []ContainerPort, env 7 []EnvVar, resources 8 ResourceRequirements, volumeMounts 9 []VolumeMount,
    livenessProbe 10 Probe, readinessProbe 11 Probe, lifecycle 12 Lifecycle, terminationMessagePath 13 string,
    imagePullPolicy 14 string, securityContext 15 SecurityContext, stdin 16 bool, stdinOnce 17 bool, tty 18 bool,
    envFrom 19 []EnvFromSource, terminationMessagePolicy 20 string, volumeDevices 21 []VolumeDevice,
    startupProbe 22 Probe, resizePolicy 23 []ContainerResizePolicy, restartPolicy 24 string
ContainerPort
    name 1 string, hostPort 2 int, containerPort 3 int, protocol 4 string, hostIP 5 string
ResourceRequirements
    limits 1 {}Quantity, requests 2 {}Quantity, claims 3 []ResourceClaim
ResourceClaim
    name 1 string, request 2 string
PodResourceClaim
    name 1 string, resourceClaimName 3 string, resourceClaimTemplateName 4 string
PodResourceClaimStatus
    name 1 string, resourceClaimName 2 string
PodSchedulingGate
    name 1 string
EnvVar
    name 1 string, value 2 string, valueFrom 3 EnvVarSource
EnvVarSource
    fieldRef 1 ObjectFieldSelector, resourceFieldRef 2 ResourceFieldSelector,
    configMapKeyRef 3 ConfigMapKeySelector, secretKeyRef 4 SecretKeySelector
ContainerStatus
    name 1 string, state 2 ContainerState, lastState 3 ContainerState, ready 4 bool, restartCount 5 int,
    image 6 string, imageID 7 string, containerID 8 string, started 9 bool, allocatedResources 10 {}Quantity,
    resources 11 ResourceRequirements, stopSignal 15 string
ContainerState
    waiting 1 ContainerStateWaiting, running 2 ContainerStateRunning, terminated 3 ContainerStateTerminated
ContainerStateWaiting
    reason 1 string, message 2 string
ContainerStateRunning
    startedAt 1 Time
ContainerStateTerminated
    exitCode 1 int, signal 2 int, reason 3 string, message 4 string, startedAt 5 Time, finishedAt 6 Time,
    containerID 7 string
Affinity
    nodeAffinity 1 NodeAffinity, podAffinity 2 PodAffinity, podAntiAffinity 3 PodAntiAffinity
NodeAffinity
    requiredDuringSchedulingIgnoredDuringExecution 1 NodeSelector,
    preferredDuringSchedulingIgnoredDuringExecution 2 []PreferredSchedulingTerm
PodAffinity
    requiredDuringSchedulingIgnoredDuringExecution 1 []PodAffinityTerm,
    preferredDuringSchedulingIgnoredDuringExecution 2 []WeightedPodAffinityTerm
PodAntiAffinity
    requiredDuringSchedulingIgnoredDuringExecution 1 []PodAffinityTerm,
    preferredDuringSchedulingIgnoredDuringExecution 2 []WeightedPodAffinityTerm
NodeSelector
    nodeSelectorTerms 1 []NodeSelectorTerm
NodeSelectorTerm
    matchExpressions 1 []NodeSelectorRequirement, matchFields 2 []NodeSelectorRequirement
NodeSelectorRequirement
    key 1 string, operator 2 string, values 3 []string
PreferredSchedulingTerm
    weight 1 int, preference 2 NodeSelectorTerm
PodAffinityTerm
    labelSelector 1 LabelSelector, namespaces 2 []string, topologyKey 3 string, namespaceSelector 4 LabelSelector,
    matchLabelKeys 5 []string, mismatchLabelKeys 6 []string
WeightedPodAffinityTerm
    weight 1 int, podAffinityTerm 2 PodAffinityTerm
Toleration
    key 1 string, operator 2 string, value 3 string, effect 4 string, tolerationSeconds 5 int
TopologySpreadConstraint
    maxSkew 1 int, topologyKey 2 string, whenUnsatisfiable 3 string, labelSelector 4 LabelSelector,
    minDomains 5 int, nodeAffinityPolicy 6 string, nodeTaintsPolicy 7 string, matchLabelKeys 8 []string
Volume
    name 1 string, . 2 VolumeSource
VolumeSource
    hostPath 1 HostPathVolumeSource, emptyDir 2 EmptyDirVolumeSource, secret 6 SecretVolumeSource,
    nfs 7 NFSVolumeSource, persistentVolumeClaim 10 PersistentVolumeClaimVolumeSource,
    downwardAPI 16 DownwardAPIVolumeSource, configMap 19 ConfigMapVolumeSource, projected 26 ProjectedVolumeSource,
    csi 28 CSIVolumeSource, ephemeral 29 EphemeralVolumeSource
PersistentVolumeClaimVolumeSource
    claimName 1 string, readOnly 2 bool
EphemeralVolumeSource
    volumeClaimTemplate 1 PersistentVolumeClaimTemplate
ConfigMapVolumeSource
    . 1 LocalObjectReference, items 2 []KeyToPath, defaultMode 3 int, optional 4 bool
SecretVolumeSource
    secretName 1 string, items 2 []KeyToPath, defaultMode 3 int, optional 4 bool
PodIP
    ip 1 string
HostIP
    ip 1 string
LocalObjectReference
    name 1 string
Node
    metadata 1 ObjectMeta, spec 2 NodeSpec, status 3 NodeStatus
NodeSpec
    podCIDR 1 string, externalID 2 string, providerID 3 string, unschedulable 4 bool, taints 5 []Taint,
    podCIDRs 7 []string
NodeStatus
    capacity 1 {}Quantity, allocatable 2 {}Quantity, phase 3 string, conditions 4 []NodeCondition,
    addresses 5 []NodeAddress, daemonEndpoints 6 NodeDaemonEndpoints, nodeInfo 7 NodeSystemInfo,
    images 8 []ContainerImage, volumesInUse 9 []string, volumesAttached 10 []AttachedVolume
NodeCondition
    type 1 string, status 2 string, lastHeartbeatTime 3 Time, lastTransitionTime 4 Time, reason 5 string,
    message 6 string
NodeAddress
    type 1 string, address 2 string
NodeSystemInfo
    machineID 1 string, systemUUID 2 string, bootID 3 string, kernelVersion 4 string, osImage 5 string,
    containerRuntimeVersion 6 string, kubeletVersion 7 string, kubeProxyVersion 8 string, operatingSystem 9 string,
    architecture 10 string
Taint
    key 1 string, value 2 string, effect 3 string, timeAdded 4 Time
ContainerImage
    names 1 []string, sizeBytes 2 int
AttachedVolume
    name 1 string, devicePath 2 string
Namespace
    metadata 1 ObjectMeta, spec 2 NamespaceSpec, status 3 NamespaceStatus
NamespaceSpec
    finalizers 1 []string
NamespaceStatus
    phase 1 string, conditions 2 []NamespaceCondition
NamespaceCondition
    type 1 string, status 2 string, lastTransitionTime 4 Time, reason 5 string, message 6 string
ResourceQuota
    metadata 1 ObjectMeta, spec 2 ResourceQuotaSpec, status 3 ResourceQuotaStatus
ResourceQuotaSpec
    hard 1 {}Quantity, scopes 2 []string, scopeSelector 3 ScopeSelector
ResourceQuotaStatus
    hard 1 {}Quantity, used 2 {}Quantity
ScopeSelector
    matchExpressions 1 []ScopedResourceSelectorRequirement
ScopedResourceSelectorRequirement
    scopeName 1 string, operator 2 string, values 3 []string
Binding
    metadata 1 ObjectMeta, target 2 ObjectReference
ObjectReference
    kind 1 string, namespace 2 string, name 3 string, uid 4 string, apiVersion 5 string, resourceVersion 6 string,
    fieldPath 7 string
Event
    metadata 1 ObjectMeta, involvedObject 2 ObjectReference, reason 3 string, message 4 string,
    source 5 EventSource, firstTimestamp 6 Time, lastTimestamp 7 Time, count 8 int, type 9 string,
    eventTime 10 MicroTime, series 11 EventSeries, action 12 string, related 13 ObjectReference,
    reportingComponent 14 string, reportingInstance 15 string
EventSeries
    count 1 int, lastObservedTime 2 MicroTime
EventSource
    component 1 string, host 2 string
PersistentVolumeClaim
    metadata 1 ObjectMeta, spec 2 PersistentVolumeClaimSpec, status 3 PersistentVolumeClaimStatus
PersistentVolumeClaimSpec
    accessModes 1 []string, resources 2 VolumeResourceRequirements, volumeName 3 string, selector 4 LabelSelector,
    storageClassName 5 string, volumeMode 6 string, dataSource 7 TypedLocalObjectReference,
    volumeAttributesClassName 9 string
PersistentVolumeClaimStatus
    phase 1 string, accessModes 2 []string, capacity 3 {}Quantity, allocatedResources 5 {}Quantity,
    allocatedResourceStatuses 7 {}string, currentVolumeAttributesClassName 8 string
PriorityClass
    metadata 1 ObjectMeta, value 2 int, globalDefault 3 bool, description 4 string, preemptionPolicy 5 string
PodDisruptionBudget
    metadata 1 ObjectMeta, spec 2 PodDisruptionBudgetSpec, status 3 PodDisruptionBudgetStatus
PodDisruptionBudgetSpec
    minAvailable 1 IntOrString, selector 2 LabelSelector, maxUnavailable 3 IntOrString,
    unhealthyPodEvictionPolicy 4 string
PodDisruptionBudgetStatus
    observedGeneration 1 int, disruptedPods 2 {}Time, disruptionsAllowed 3 int, currentHealthy 4 int,
    desiredHealthy 5 int, expectedPods 6 int, conditions 7 []Condition
Eviction
    metadata 1 ObjectMeta, deleteOptions 2 DeleteOptions
Lease
    metadata 1 ObjectMeta, spec 2 LeaseSpec
LeaseSpec
    holderIdentity 1 string, leaseDurationSeconds 2 int, acquireTime 3 MicroTime, renewTime 4 MicroTime,
    leaseTransitions 5 int, strategy 6 string, preferredHolder 7 string
ReplicaSet
    metadata 1 ObjectMeta, spec 2 ReplicaSetSpec, status 3 ReplicaSetStatus
ReplicaSetSpec
    replicas 1 int, selector 2 LabelSelector, template 3 PodTemplateSpec, minReadySeconds 4 int
HostPathVolumeSource
    path 1 string, type 2 string
EmptyDirVolumeSource
    medium 1 string, sizeLimit 2 Quantity
NFSVolumeSource
    server 1 string, path 2 string, readOnly 3 bool
DownwardAPIVolumeSource
    items 1 []DownwardAPIVolumeFile, defaultMode 2 int
DownwardAPIVolumeFile
    path 1 string, fieldRef 2 ObjectFieldSelector, resourceFieldRef 3 ResourceFieldSelector, mode 4 int
KeyToPath
    key 1 string, path 2 string, mode 3 int
ProjectedVolumeSource
    sources 1 []VolumeProjection, defaultMode 2 int
VolumeProjection
    secret 1 SecretProjection, downwardAPI 2 DownwardAPIProjection, configMap 3 ConfigMapProjection,
    serviceAccountToken 4 ServiceAccountTokenProjection
SecretProjection
    . 1 LocalObjectReference, items 2 []KeyToPath, optional 4 bool
ConfigMapProjection
    . 1 LocalObjectReference, items 2 []KeyToPath, optional 4 bool
DownwardAPIProjection
    items 1 []DownwardAPIVolumeFile
ServiceAccountTokenProjection
    audience 1 string, expirationSeconds 2 int, path 3 string
CSIVolumeSource
    driver 1 string, readOnly 2 bool, fsType 3 string, volumeAttributes 4 {}string,
    nodePublishSecretRef 5 LocalObjectReference
VolumeMount
    name 1 string, readOnly 2 bool, mountPath 3 string, subPath 4 string, mountPropagation 5 string,
    subPathExpr 6 string, recursiveReadOnly 7 string
VolumeDevice
    name 1 string, devicePath 2 string
Probe
    . 1 ProbeHandler, initialDelaySeconds 2 int, timeoutSeconds 3 int, periodSeconds 4 int, successThreshold 5 int,
    failureThreshold 6 int, terminationGracePeriodSeconds 7 int
ProbeHandler
    exec 1 ExecAction, httpGet 2 HTTPGetAction, tcpSocket 3 TCPSocketAction, grpc 4 GRPCAction
ExecAction
    command 1 []string
HTTPGetAction
    path 1 string, port 2 IntOrString, host 3 string, scheme 4 string, httpHeaders 5 []HTTPHeader
HTTPHeader
    name 1 string, value 2 string
TCPSocketAction
    port 1 IntOrString, host 2 string
GRPCAction
    port 1 int, service 2 string
Lifecycle
    postStart 1 LifecycleHandler, preStop 2 LifecycleHandler, stopSignal 3 string
LifecycleHandler
    exec 1 ExecAction, httpGet 2 HTTPGetAction, tcpSocket 3 TCPSocketAction, sleep 4 SleepAction
SleepAction
    seconds 1 int
SecurityContext
    capabilities 1 Capabilities, privileged 2 bool, seLinuxOptions 3 SELinuxOptions, runAsUser 4 int,
    runAsNonRoot 5 bool, readOnlyRootFilesystem 6 bool, allowPrivilegeEscalation 7 bool, runAsGroup 8 int,
    procMount 9 string, seccompProfile 11 SeccompProfile
Capabilities
    add 1 []string, drop 2 []string
SELinuxOptions
    user 1 string, role 2 string, type 3 string, level 4 string
SeccompProfile
    type 1 string, localhostProfile 2 string
PodSecurityContext
    seLinuxOptions 1 SELinuxOptions, runAsUser 2 int, runAsNonRoot 3 bool, supplementalGroups 4 []int,
    fsGroup 5 int, runAsGroup 6 int, sysctls 7 []Sysctl, fsGroupChangePolicy 9 string,
    seccompProfile 10 SeccompProfile
Sysctl
    name 1 string, value 2 string
ObjectFieldSelector
    apiVersion 1 string, fieldPath 2 string
ResourceFieldSelector
    containerName 1 string, resource 2 string, divisor 3 Quantity
ConfigMapKeySelector
    . 1 LocalObjectReference, key 2 string, optional 3 bool
SecretKeySelector
    . 1 LocalObjectReference, key 2 string, optional 3 bool
EnvFromSource
    prefix 1 string, configMapRef 2 ConfigMapEnvSource, secretRef 3 SecretEnvSource
ConfigMapEnvSource
    . 1 LocalObjectReference, optional 2 bool
SecretEnvSource
    . 1 LocalObjectReference, optional 2 bool
HostAlias
    ip 1 string, hostnames 2 []string
PodDNSConfig
    nameservers 1 []string, searches 2 []string, options 3 []PodDNSConfigOption
PodDNSConfigOption
    name 1 string, value 2 string
PodReadinessGate
    conditionType 1 string
PodOS
    name 1 string
NodeDaemonEndpoints
    kubeletEndpoint 1 DaemonEndpoint
DaemonEndpoint
    Port 1 int
ContainerResizePolicy
    resourceName 1 string, restartPolicy 2 string
PersistentVolumeClaimTemplate
    metadata 1 ObjectMeta, spec 2 PersistentVolumeClaimSpec
VolumeResourceRequirements
    limits 1 {}Quantity, requests 2 {}Quantity
TypedLocalObjectReference
    apiGroup 1 string, kind 2 string, name 3 string
PodTemplateSpec
    metadata 1 ObjectMeta, spec 2 PodSpec
EphemeralContainer
    . 1 Container, targetContainerName 2 string
ConfigMap
    metadata 1 ObjectMeta, data 2 {}string, binaryData 3 {}bytes, immutable 4 bool
Secret
    metadata 1 ObjectMeta, data 2 {}bytes, type 3 string, stringData 4 {}string, immutable 5 bool
ServiceAccount
    metadata 1 ObjectMeta, imagePullSecrets 3 []LocalObjectReference, automountServiceAccountToken 4 bool
Deployment
    metadata 1 ObjectMeta, spec 2 DeploymentSpec, status 3 DeploymentStatus
DeploymentSpec
    replicas 1 int, selector 2 LabelSelector, template 3 PodTemplateSpec, strategy 4 DeploymentStrategy,
    minReadySeconds 5 int, revisionHistoryLimit 6 int, paused 7 bool, progressDeadlineSeconds 9 int
DeploymentStrategy
    type 1 string, rollingUpdate 2 RollingUpdateDeployment
RollingUpdateDeployment
    maxUnavailable 1 IntOrString, maxSurge 2 IntOrString
DeploymentStatus
    observedGeneration 1 int, replicas 2 int, updatedReplicas 3 int, availableReplicas 4 int,
    unavailableReplicas 5 int, conditions 6 []DeploymentCondition, readyReplicas 7 int, collisionCount 8 int,
    terminatingReplicas 9 int
DeploymentCondition
    type 1 string, status 2 string, reason 4 string, message 5 string, lastUpdateTime 6 Time,
    lastTransitionTime 7 Time
ReplicaSetStatus
    replicas 1 int, fullyLabeledReplicas 2 int, observedGeneration 3 int, readyReplicas 4 int,
    availableReplicas 5 int, conditions 6 []ReplicaSetCondition, terminatingReplicas 7 int
ReplicaSetCondition
    type 1 string, status 2 string, lastTransitionTime 3 Time, reason 4 string, message 5 string
Job
    metadata 1 ObjectMeta, spec 2 JobSpec, status 3 JobStatus
JobSpec
    parallelism 1 int, completions 2 int, activeDeadlineSeconds 3 int, selector 4 LabelSelector,
    manualSelector 5 bool, template 6 PodTemplateSpec, backoffLimit 7 int, ttlSecondsAfterFinished 8 int,
    completionMode 9 string, suspend 10 bool
JobStatus
    conditions 1 []JobCondition, startTime 2 Time, completionTime 3 Time, active 4 int, succeeded 5 int,
    failed 6 int, completedIndexes 7 string, ready 9 int
JobCondition
    type 1 string, status 2 string, lastProbeTime 3 Time, lastTransitionTime 4 Time, reason 5 string,
    message 6 string
Role
    metadata 1 ObjectMeta, rules 2 []PolicyRule
ClusterRole
    metadata 1 ObjectMeta, rules 2 []PolicyRule
PolicyRule
    verbs 1 []string, apiGroups 2 []string, resources 3 []string, resourceNames 4 []string,
    nonResourceURLs 5 []string
RoleBinding
    metadata 1 ObjectMeta, subjects 2 []Subject, roleRef 3 RoleRef
ClusterRoleBinding
    metadata 1 ObjectMeta, subjects 2 []Subject, roleRef 3 RoleRef
Subject
    kind 1 string, apiGroup 2 string, name 3 string, namespace 4 string
RoleRef
    apiGroup 1 string, kind 2 string, name 3 string
SelfSubjectAccessReview
    metadata 1 ObjectMeta, spec 2 SelfSubjectAccessReviewSpec, status 3 SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec
    resourceAttributes 1 ResourceAttributes, nonResourceAttributes 2 NonResourceAttributes
ResourceAttributes
    namespace 1 string, verb 2 string, group 3 string, version 4 string, resource 5 string, subresource 6 string,
    name 7 string
NonResourceAttributes
    path 1 string, verb 2 string
SubjectAccessReviewStatus
    allowed 1 bool, reason 2 string, evaluationError 3 string, denied 4 bool
SelfSubjectRulesReview
    metadata 1 ObjectMeta, spec 2 SelfSubjectRulesReviewSpec
SelfSubjectRulesReviewSpec
    namespace 1 string
)";

}  // namespace basalt::embedded
