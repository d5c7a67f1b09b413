// Written by Scripts/generate-schemas, which explains the notation; do not edit.

enum BuiltinSchemas {
    /// The types of Kubernetes' own API, sorted by name.
    static let text: StaticString = #"""
        admissionregistration.v1.ApplyConfiguration o
         expression s -
        admissionregistration.v1.AuditAnnotation o
         key s !0 =
         valueExpression s !1 =
        admissionregistration.v1.ExpressionWarning o
         fieldRef s !0 =
         warning s !1 =
        admissionregistration.v1.JSONPatch o
         expression s -
        admissionregistration.v1.MatchCondition o
         expression s !1 =
         name s !0 =
        admissionregistration.v1.MatchResources o map=atomic
         excludeResourceRules [admissionregistration.v1.NamedRuleWithOperations] list=atomic
         matchPolicy s enum=Equivalent,Exact
         namespaceSelector meta.v1.LabelSelector
         objectSelector meta.v1.LabelSelector
         resourceRules [admissionregistration.v1.NamedRuleWithOperations] list=atomic
        admissionregistration.v1.MutatingAdmissionPolicy o gvk=admissionregistration.k8s.io/v1/MutatingAdmissionPolicy
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec admissionregistration.v1.MutatingAdmissionPolicySpec ={}
        admissionregistration.v1.MutatingAdmissionPolicyBinding o gvk=admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec admissionregistration.v1.MutatingAdmissionPolicyBindingSpec ={}
        admissionregistration.v1.MutatingAdmissionPolicyBindingList o gvk=admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBindingList
         apiVersion s
         items [admissionregistration.v1.MutatingAdmissionPolicyBinding] !0
         kind s
         metadata meta.v1.ListMeta ={}
        admissionregistration.v1.MutatingAdmissionPolicyBindingSpec o
         matchResources admissionregistration.v1.MatchResources
         paramRef admissionregistration.v1.ParamRef
         policyName s -
        admissionregistration.v1.MutatingAdmissionPolicyList o gvk=admissionregistration.k8s.io/v1/MutatingAdmissionPolicyList
         apiVersion s
         items [admissionregistration.v1.MutatingAdmissionPolicy] !0
         kind s
         metadata meta.v1.ListMeta ={}
        admissionregistration.v1.MutatingAdmissionPolicySpec o
         failurePolicy s enum=Fail,Ignore
         matchConditions [admissionregistration.v1.MatchCondition] list=map keys=name patch=merge merge=name
         matchConstraints admissionregistration.v1.MatchResources
         mutations [admissionregistration.v1.Mutation] list=atomic
         paramKind admissionregistration.v1.ParamKind
         reinvocationPolicy s - enum=IfNeeded,Never
         variables [admissionregistration.v1.Variable] list=atomic
        admissionregistration.v1.MutatingWebhook o
         admissionReviewVersions [s] !3 list=atomic
         clientConfig admissionregistration.v1.WebhookClientConfig !1 ={}
         failurePolicy s enum=Fail,Ignore
         matchConditions [admissionregistration.v1.MatchCondition] list=map keys=name patch=merge merge=name
         matchPolicy s enum=Equivalent,Exact
         name s !0 =
         namespaceSelector meta.v1.LabelSelector
         objectSelector meta.v1.LabelSelector
         reinvocationPolicy s enum=IfNeeded,Never
         rules [admissionregistration.v1.RuleWithOperations] list=atomic
         sideEffects s !2 enum=None,NoneOnDryRun,Some,Unknown
         timeoutSeconds integer:int32
        admissionregistration.v1.MutatingWebhookConfiguration o gvk=admissionregistration.k8s.io/v1/MutatingWebhookConfiguration
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         webhooks [admissionregistration.v1.MutatingWebhook] list=map keys=name patch=merge merge=name
        admissionregistration.v1.MutatingWebhookConfigurationList o gvk=admissionregistration.k8s.io/v1/MutatingWebhookConfigurationList
         apiVersion s
         items [admissionregistration.v1.MutatingWebhookConfiguration] !0
         kind s
         metadata meta.v1.ListMeta ={}
        admissionregistration.v1.Mutation o
         applyConfiguration admissionregistration.v1.ApplyConfiguration
         jsonPatch admissionregistration.v1.JSONPatch
         patchType s !0 = enum=ApplyConfiguration,JSONPatch
        admissionregistration.v1.NamedRuleWithOperations o map=atomic
         apiGroups [s] list=atomic
         apiVersions [s] list=atomic
         operations [s] enum=*,CONNECT,CREATE,DELETE,UPDATE list=atomic
         resourceNames [s] list=atomic
         resources [s] list=atomic
         scope s enum=*,Cluster,Namespaced
        admissionregistration.v1.ParamKind o map=atomic
         apiVersion s -
         kind s -
        admissionregistration.v1.ParamRef o map=atomic
         name s -
         namespace s -
         parameterNotFoundAction s
         selector meta.v1.LabelSelector
        admissionregistration.v1.RuleWithOperations o
         apiGroups [s] list=atomic
         apiVersions [s] list=atomic
         operations [s] enum=*,CONNECT,CREATE,DELETE,UPDATE list=atomic
         resources [s] list=atomic
         scope s enum=*,Cluster,Namespaced
        admissionregistration.v1.ServiceReference o
         name s !1 =
         namespace s !0 =
         path s
         port integer:int32
        admissionregistration.v1.TypeChecking o
         expressionWarnings [admissionregistration.v1.ExpressionWarning] list=atomic
        admissionregistration.v1.ValidatingAdmissionPolicy o gvk=admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec admissionregistration.v1.ValidatingAdmissionPolicySpec ={}
         status admissionregistration.v1.ValidatingAdmissionPolicyStatus ={}
        admissionregistration.v1.ValidatingAdmissionPolicyBinding o gvk=admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec !0 ={}
        admissionregistration.v1.ValidatingAdmissionPolicyBindingList o gvk=admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBindingList
         apiVersion s
         items [admissionregistration.v1.ValidatingAdmissionPolicyBinding] !0
         kind s
         metadata meta.v1.ListMeta ={}
        admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec o
         matchResources admissionregistration.v1.MatchResources
         paramRef admissionregistration.v1.ParamRef
         policyName s !0 -
         validationActions [s] !1 enum=Audit,Deny,Warn list=set
        admissionregistration.v1.ValidatingAdmissionPolicyList o gvk=admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyList
         apiVersion s
         items [admissionregistration.v1.ValidatingAdmissionPolicy] !0
         kind s
         metadata meta.v1.ListMeta ={}
        admissionregistration.v1.ValidatingAdmissionPolicySpec o
         auditAnnotations [admissionregistration.v1.AuditAnnotation] list=atomic
         failurePolicy s enum=Fail,Ignore
         matchConditions [admissionregistration.v1.MatchCondition] list=map keys=name patch=merge merge=name
         matchConstraints admissionregistration.v1.MatchResources
         paramKind admissionregistration.v1.ParamKind
         validations [admissionregistration.v1.Validation] list=atomic
         variables [admissionregistration.v1.Variable] list=map keys=name patch=merge merge=name
        admissionregistration.v1.ValidatingAdmissionPolicyStatus o
         conditions [meta.v1.Condition] list=map keys=type
         observedGeneration integer:int64 -
         typeChecking admissionregistration.v1.TypeChecking
        admissionregistration.v1.ValidatingWebhook o
         admissionReviewVersions [s] !3 list=atomic
         clientConfig admissionregistration.v1.WebhookClientConfig !1 ={}
         failurePolicy s enum=Fail,Ignore
         matchConditions [admissionregistration.v1.MatchCondition] list=map keys=name patch=merge merge=name
         matchPolicy s enum=Equivalent,Exact
         name s !0 =
         namespaceSelector meta.v1.LabelSelector
         objectSelector meta.v1.LabelSelector
         rules [admissionregistration.v1.RuleWithOperations] list=atomic
         sideEffects s !2 enum=None,NoneOnDryRun,Some,Unknown
         timeoutSeconds integer:int32
        admissionregistration.v1.ValidatingWebhookConfiguration o gvk=admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         webhooks [admissionregistration.v1.ValidatingWebhook] list=map keys=name patch=merge merge=name
        admissionregistration.v1.ValidatingWebhookConfigurationList o gvk=admissionregistration.k8s.io/v1/ValidatingWebhookConfigurationList
         apiVersion s
         items [admissionregistration.v1.ValidatingWebhookConfiguration] !0
         kind s
         metadata meta.v1.ListMeta ={}
        admissionregistration.v1.Validation o
         expression s !0 =
         message s -
         messageExpression s -
         reason s
        admissionregistration.v1.Variable o map=atomic
         expression s !1 =
         name s !0 =
        admissionregistration.v1.WebhookClientConfig o
         caBundle s:byte
         service admissionregistration.v1.ServiceReference
         url s
        apps.v1.ControllerRevision o gvk=apps/v1/ControllerRevision
         apiVersion s
         data runtime.RawExtension
         kind s
         metadata meta.v1.ObjectMeta ={}
         revision integer:int64 !0 =0
        apps.v1.ControllerRevisionList o gvk=apps/v1/ControllerRevisionList
         apiVersion s
         items [apps.v1.ControllerRevision] !0
         kind s
         metadata meta.v1.ListMeta ={}
        apps.v1.DaemonSet o gvk=apps/v1/DaemonSet
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec apps.v1.DaemonSetSpec ={}
         status apps.v1.DaemonSetStatus ={}
        apps.v1.DaemonSetCondition o
         lastTransitionTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        apps.v1.DaemonSetList o gvk=apps/v1/DaemonSetList
         apiVersion s
         items [apps.v1.DaemonSet] !0
         kind s
         metadata meta.v1.ListMeta ={}
        apps.v1.DaemonSetSpec o
         minReadySeconds integer:int32 -
         revisionHistoryLimit integer:int32
         selector meta.v1.LabelSelector !0
         template core.v1.PodTemplateSpec !1 ={}
         updateStrategy apps.v1.DaemonSetUpdateStrategy ={}
        apps.v1.DaemonSetStatus o
         collisionCount integer:int32
         conditions [apps.v1.DaemonSetCondition] list=map keys=type patch=merge merge=type
         currentNumberScheduled integer:int32 !0 =0
         desiredNumberScheduled integer:int32 !2 =0
         numberAvailable integer:int32 -
         numberMisscheduled integer:int32 !1 =0
         numberReady integer:int32 !3 =0
         numberUnavailable integer:int32 -
         observedGeneration integer:int64 -
         updatedNumberScheduled integer:int32 -
        apps.v1.DaemonSetUpdateStrategy o
         rollingUpdate apps.v1.RollingUpdateDaemonSet
         type s - enum=OnDelete,RollingUpdate
        apps.v1.Deployment o gvk=apps/v1/Deployment
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec apps.v1.DeploymentSpec ={}
         status apps.v1.DeploymentStatus ={}
        apps.v1.DeploymentCondition o
         lastTransitionTime meta.v1.Time
         lastUpdateTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        apps.v1.DeploymentList o gvk=apps/v1/DeploymentList
         apiVersion s
         items [apps.v1.Deployment] !0
         kind s
         metadata meta.v1.ListMeta ={}
        apps.v1.DeploymentSpec o
         minReadySeconds integer:int32 -
         paused boolean -
         progressDeadlineSeconds integer:int32
         replicas integer:int32
         revisionHistoryLimit integer:int32
         selector meta.v1.LabelSelector !0
         strategy apps.v1.DeploymentStrategy ={} patch=retainKeys
         template core.v1.PodTemplateSpec !1 ={}
        apps.v1.DeploymentStatus o
         availableReplicas integer:int32 -
         collisionCount integer:int32
         conditions [apps.v1.DeploymentCondition] list=map keys=type patch=merge merge=type
         observedGeneration integer:int64 -
         readyReplicas integer:int32 -
         replicas integer:int32 -
         terminatingReplicas integer:int32
         unavailableReplicas integer:int32 -
         updatedReplicas integer:int32 -
        apps.v1.DeploymentStrategy o
         rollingUpdate apps.v1.RollingUpdateDeployment
         type s - enum=Recreate,RollingUpdate
        apps.v1.ReplicaSet o gvk=apps/v1/ReplicaSet
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec apps.v1.ReplicaSetSpec ={}
         status apps.v1.ReplicaSetStatus ={}
        apps.v1.ReplicaSetCondition o
         lastTransitionTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        apps.v1.ReplicaSetList o gvk=apps/v1/ReplicaSetList
         apiVersion s
         items [apps.v1.ReplicaSet] !0
         kind s
         metadata meta.v1.ListMeta ={}
        apps.v1.ReplicaSetSpec o
         minReadySeconds integer:int32 -
         replicas integer:int32
         selector meta.v1.LabelSelector !0
         template core.v1.PodTemplateSpec ={}
        apps.v1.ReplicaSetStatus o
         availableReplicas integer:int32 -
         conditions [apps.v1.ReplicaSetCondition] list=map keys=type patch=merge merge=type
         fullyLabeledReplicas integer:int32 -
         observedGeneration integer:int64 -
         readyReplicas integer:int32 -
         replicas integer:int32 !0 =0
         terminatingReplicas integer:int32
        apps.v1.RollingUpdateDaemonSet o
         maxSurge util.intstr.IntOrString
         maxUnavailable util.intstr.IntOrString
        apps.v1.RollingUpdateDeployment o
         maxSurge util.intstr.IntOrString
         maxUnavailable util.intstr.IntOrString
        apps.v1.RollingUpdateStatefulSetStrategy o
         maxUnavailable util.intstr.IntOrString
         partition integer:int32
        apps.v1.StatefulSet o gvk=apps/v1/StatefulSet
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec apps.v1.StatefulSetSpec ={}
         status apps.v1.StatefulSetStatus ={}
        apps.v1.StatefulSetCondition o
         lastTransitionTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        apps.v1.StatefulSetList o gvk=apps/v1/StatefulSetList
         apiVersion s
         items [apps.v1.StatefulSet] !0
         kind s
         metadata meta.v1.ListMeta ={}
        apps.v1.StatefulSetOrdinals o
         start integer:int32 =0
        apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy o
         whenDeleted s -
         whenScaled s -
        apps.v1.StatefulSetSpec o
         minReadySeconds integer:int32 -
         ordinals apps.v1.StatefulSetOrdinals
         persistentVolumeClaimRetentionPolicy apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy
         podManagementPolicy s - enum=OrderedReady,Parallel
         replicas integer:int32
         revisionHistoryLimit integer:int32
         selector meta.v1.LabelSelector !0
         serviceName s =
         template core.v1.PodTemplateSpec !1 ={}
         updateStrategy apps.v1.StatefulSetUpdateStrategy ={}
         volumeClaimTemplates [core.v1.PersistentVolumeClaim] list=atomic
        apps.v1.StatefulSetStatus o
         availableReplicas integer:int32 =0
         collisionCount integer:int32
         conditions [apps.v1.StatefulSetCondition] list=map keys=type patch=merge merge=type
         currentReplicas integer:int32 -
         currentRevision s -
         observedGeneration integer:int64 -
         readyReplicas integer:int32 -
         replicas integer:int32 !0 =0
         updateRevision s -
         updatedReplicas integer:int32 -
        apps.v1.StatefulSetUpdateStrategy o
         rollingUpdate apps.v1.RollingUpdateStatefulSetStrategy
         type s - enum=OnDelete,RollingUpdate
        authentication.v1.BoundObjectReference o
         apiVersion s -
         kind s -
         name s -
         uid s -
        authentication.v1.SelfSubjectReview o gvk=authentication.k8s.io/v1/SelfSubjectReview
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         status authentication.v1.SelfSubjectReviewStatus ={}
        authentication.v1.SelfSubjectReviewStatus o
         userInfo authentication.v1.UserInfo ={}
        authentication.v1.TokenRequest o gvk=authentication.k8s.io/v1/TokenRequest
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec authentication.v1.TokenRequestSpec ={}
         status authentication.v1.TokenRequestStatus ={}
        authentication.v1.TokenRequestSpec o
         audiences [s] list=atomic
         boundObjectRef authentication.v1.BoundObjectReference
         expirationSeconds integer:int64
        authentication.v1.TokenRequestStatus o
         expirationTimestamp meta.v1.Time
         token s =
        authentication.v1.TokenReview o gvk=authentication.k8s.io/v1/TokenReview
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec authentication.v1.TokenReviewSpec !0 ={}
         status authentication.v1.TokenReviewStatus ={}
        authentication.v1.TokenReviewSpec o
         audiences [s] list=atomic
         token s !0 -
        authentication.v1.TokenReviewStatus o
         audiences [s] list=atomic
         authenticated boolean -
         error s -
         user authentication.v1.UserInfo ={}
        authentication.v1.UserInfo o
         extra {[s]}
         groups [s] list=atomic
         uid s -
         username s -
        authorization.v1.FieldSelectorAttributes o
         rawSelector s -
         requirements [meta.v1.FieldSelectorRequirement] list=atomic
        authorization.v1.LabelSelectorAttributes o
         rawSelector s -
         requirements [meta.v1.LabelSelectorRequirement] list=atomic
        authorization.v1.LocalSubjectAccessReview o gvk=authorization.k8s.io/v1/LocalSubjectAccessReview
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec authorization.v1.SubjectAccessReviewSpec !0 ={}
         status authorization.v1.SubjectAccessReviewStatus ={}
        authorization.v1.NonResourceAttributes o
         path s -
         verb s -
        authorization.v1.NonResourceRule o
         nonResourceURLs [s] list=atomic
         verbs [s] !0 list=atomic
        authorization.v1.ResourceAttributes o
         fieldSelector authorization.v1.FieldSelectorAttributes
         group s -
         labelSelector authorization.v1.LabelSelectorAttributes
         name s -
         namespace s -
         resource s -
         subresource s -
         verb s -
         version s -
        authorization.v1.ResourceRule o
         apiGroups [s] list=atomic
         resourceNames [s] list=atomic
         resources [s] list=atomic
         verbs [s] !0 list=atomic
        authorization.v1.SelfSubjectAccessReview o gvk=authorization.k8s.io/v1/SelfSubjectAccessReview
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec authorization.v1.SelfSubjectAccessReviewSpec !0 ={}
         status authorization.v1.SubjectAccessReviewStatus ={}
        authorization.v1.SelfSubjectAccessReviewSpec o
         nonResourceAttributes authorization.v1.NonResourceAttributes
         resourceAttributes authorization.v1.ResourceAttributes
        authorization.v1.SelfSubjectRulesReview o gvk=authorization.k8s.io/v1/SelfSubjectRulesReview
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec authorization.v1.SelfSubjectRulesReviewSpec !0 ={}
         status authorization.v1.SubjectRulesReviewStatus ={}
        authorization.v1.SelfSubjectRulesReviewSpec o
         namespace s -
        authorization.v1.SubjectAccessReview o gvk=authorization.k8s.io/v1/SubjectAccessReview
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec authorization.v1.SubjectAccessReviewSpec !0 ={}
         status authorization.v1.SubjectAccessReviewStatus ={}
        authorization.v1.SubjectAccessReviewSpec o
         extra {[s]}
         groups [s] list=atomic
         nonResourceAttributes authorization.v1.NonResourceAttributes
         resourceAttributes authorization.v1.ResourceAttributes
         uid s -
         user s -
        authorization.v1.SubjectAccessReviewStatus o
         allowed boolean !0 =false
         denied boolean -
         evaluationError s -
         reason s -
        authorization.v1.SubjectRulesReviewStatus o
         evaluationError s -
         incomplete boolean !2 =false
         nonResourceRules [authorization.v1.NonResourceRule] !1 list=atomic
         resourceRules [authorization.v1.ResourceRule] !0 list=atomic
        autoscaling.v1.Scale o gvk=autoscaling/v1/Scale
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec autoscaling.v1.ScaleSpec ={}
         status autoscaling.v1.ScaleStatus ={}
        autoscaling.v1.ScaleSpec o
         replicas integer:int32 - =0
        autoscaling.v1.ScaleStatus o
         replicas integer:int32 !0 =0
         selector s -
        autoscaling.v2.ContainerResourceMetricSource o
         container s !2 =
         name s !0 =
         target autoscaling.v2.MetricTarget !1 ={}
        autoscaling.v2.ContainerResourceMetricStatus o
         container s !2 =
         current autoscaling.v2.MetricValueStatus !1 ={}
         name s !0 =
        autoscaling.v2.CrossVersionObjectReference o
         apiVersion s -
         kind s !0 =
         name s !1 =
        autoscaling.v2.ExternalMetricSource o
         metric autoscaling.v2.MetricIdentifier !0 ={}
         target autoscaling.v2.MetricTarget !1 ={}
        autoscaling.v2.ExternalMetricStatus o
         current autoscaling.v2.MetricValueStatus !1 ={}
         metric autoscaling.v2.MetricIdentifier !0 ={}
        autoscaling.v2.HPAScalingPolicy o
         periodSeconds integer:int32 !2 =0
         type s !0 =
         value integer:int32 !1 =0
        autoscaling.v2.HPAScalingRules o
         policies [autoscaling.v2.HPAScalingPolicy] list=atomic
         selectPolicy s
         stabilizationWindowSeconds integer:int32
         tolerance api.resource.Quantity
        autoscaling.v2.HorizontalPodAutoscaler o gvk=autoscaling/v2/HorizontalPodAutoscaler
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec autoscaling.v2.HorizontalPodAutoscalerSpec !0 ={}
         status autoscaling.v2.HorizontalPodAutoscalerStatus ={}
        autoscaling.v2.HorizontalPodAutoscalerBehavior o
         scaleDown autoscaling.v2.HPAScalingRules
         scaleUp autoscaling.v2.HPAScalingRules
        autoscaling.v2.HorizontalPodAutoscalerCondition o
         lastTransitionTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        autoscaling.v2.HorizontalPodAutoscalerList o gvk=autoscaling/v2/HorizontalPodAutoscalerList
         apiVersion s
         items [autoscaling.v2.HorizontalPodAutoscaler] !0
         kind s
         metadata meta.v1.ListMeta ={}
        autoscaling.v2.HorizontalPodAutoscalerSpec o
         behavior autoscaling.v2.HorizontalPodAutoscalerBehavior
         maxReplicas integer:int32 !1 =0
         metrics [autoscaling.v2.MetricSpec] list=atomic
         minReplicas integer:int32
         scaleTargetRef autoscaling.v2.CrossVersionObjectReference !0 ={}
        autoscaling.v2.HorizontalPodAutoscalerStatus o
         conditions [autoscaling.v2.HorizontalPodAutoscalerCondition] list=map keys=type patch=merge merge=type
         currentMetrics [autoscaling.v2.MetricStatus] list=atomic
         currentReplicas integer:int32 -
         desiredReplicas integer:int32 !0 =0
         lastScaleTime meta.v1.Time
         observedGeneration integer:int64
        autoscaling.v2.MetricIdentifier o
         name s !0 =
         selector meta.v1.LabelSelector
        autoscaling.v2.MetricSpec o
         containerResource autoscaling.v2.ContainerResourceMetricSource
         external autoscaling.v2.ExternalMetricSource
         object autoscaling.v2.ObjectMetricSource
         pods autoscaling.v2.PodsMetricSource
         resource autoscaling.v2.ResourceMetricSource
         type s !0 =
        autoscaling.v2.MetricStatus o
         containerResource autoscaling.v2.ContainerResourceMetricStatus
         external autoscaling.v2.ExternalMetricStatus
         object autoscaling.v2.ObjectMetricStatus
         pods autoscaling.v2.PodsMetricStatus
         resource autoscaling.v2.ResourceMetricStatus
         type s !0 =
        autoscaling.v2.MetricTarget o
         averageUtilization integer:int32
         averageValue api.resource.Quantity
         type s !0 =
         value api.resource.Quantity
        autoscaling.v2.MetricValueStatus o
         averageUtilization integer:int32
         averageValue api.resource.Quantity
         value api.resource.Quantity
        autoscaling.v2.ObjectMetricSource o
         describedObject autoscaling.v2.CrossVersionObjectReference !0 ={}
         metric autoscaling.v2.MetricIdentifier !2 ={}
         target autoscaling.v2.MetricTarget !1 ={}
        autoscaling.v2.ObjectMetricStatus o
         current autoscaling.v2.MetricValueStatus !1 ={}
         describedObject autoscaling.v2.CrossVersionObjectReference !2 ={}
         metric autoscaling.v2.MetricIdentifier !0 ={}
        autoscaling.v2.PodsMetricSource o
         metric autoscaling.v2.MetricIdentifier !0 ={}
         target autoscaling.v2.MetricTarget !1 ={}
        autoscaling.v2.PodsMetricStatus o
         current autoscaling.v2.MetricValueStatus !1 ={}
         metric autoscaling.v2.MetricIdentifier !0 ={}
        autoscaling.v2.ResourceMetricSource o
         name s !0 =
         target autoscaling.v2.MetricTarget !1 ={}
        autoscaling.v2.ResourceMetricStatus o
         current autoscaling.v2.MetricValueStatus !1 ={}
         name s !0 =
        batch.v1.CronJob o gvk=batch/v1/CronJob
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec batch.v1.CronJobSpec !0 ={}
         status batch.v1.CronJobStatus ={}
        batch.v1.CronJobList o gvk=batch/v1/CronJobList
         apiVersion s
         items [batch.v1.CronJob] !0
         kind s
         metadata meta.v1.ListMeta ={}
        batch.v1.CronJobSpec o
         concurrencyPolicy s - enum=Allow,Forbid,Replace
         failedJobsHistoryLimit integer:int32
         jobTemplate batch.v1.JobTemplateSpec !1 ={}
         schedule s !0 =
         startingDeadlineSeconds integer:int64
         successfulJobsHistoryLimit integer:int32
         suspend boolean
         timeZone s
        batch.v1.CronJobStatus o
         active [core.v1.ObjectReference] list=atomic
         lastScheduleTime meta.v1.Time
         lastSuccessfulTime meta.v1.Time
        batch.v1.Job o gvk=batch/v1/Job
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec batch.v1.JobSpec ={}
         status batch.v1.JobStatus ={}
        batch.v1.JobCondition o
         lastProbeTime meta.v1.Time
         lastTransitionTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        batch.v1.JobList o gvk=batch/v1/JobList
         apiVersion s
         items [batch.v1.Job] !0
         kind s
         metadata meta.v1.ListMeta ={}
        batch.v1.JobSpec o
         activeDeadlineSeconds integer:int64
         backoffLimit integer:int32
         backoffLimitPerIndex integer:int32
         completionMode s enum=Indexed,NonIndexed
         completions integer:int32
         managedBy s
         manualSelector boolean
         maxFailedIndexes integer:int32
         parallelism integer:int32
         podFailurePolicy batch.v1.PodFailurePolicy
         podReplacementPolicy s enum=Failed,TerminatingOrFailed
         selector meta.v1.LabelSelector
         successPolicy batch.v1.SuccessPolicy
         suspend boolean
         template core.v1.PodTemplateSpec !0 ={}
         ttlSecondsAfterFinished integer:int32
        batch.v1.JobStatus o
         active integer:int32 -
         completedIndexes s -
         completionTime meta.v1.Time
         conditions [batch.v1.JobCondition] list=atomic patch=merge merge=type
         failed integer:int32 -
         failedIndexes s
         ready integer:int32
         startTime meta.v1.Time
         succeeded integer:int32 -
         terminating integer:int32
         uncountedTerminatedPods batch.v1.UncountedTerminatedPods
        batch.v1.JobTemplateSpec o
         metadata meta.v1.ObjectMeta ={}
         spec batch.v1.JobSpec ={}
        batch.v1.PodFailurePolicy o
         rules [batch.v1.PodFailurePolicyRule] !0 list=atomic
        batch.v1.PodFailurePolicyOnExitCodesRequirement o
         containerName s
         operator s !0 = enum=In,NotIn
         values [integer:int32] !1 list=set
        batch.v1.PodFailurePolicyOnPodConditionsPattern o
         status s =
         type s !0 =
        batch.v1.PodFailurePolicyRule o
         action s !0 = enum=Count,FailIndex,FailJob,Ignore
         onExitCodes batch.v1.PodFailurePolicyOnExitCodesRequirement
         onPodConditions [batch.v1.PodFailurePolicyOnPodConditionsPattern] list=atomic
        batch.v1.SuccessPolicy o
         rules [batch.v1.SuccessPolicyRule] !0 list=atomic
        batch.v1.SuccessPolicyRule o
         succeededCount integer:int32
         succeededIndexes s
        batch.v1.UncountedTerminatedPods o
         failed [s] list=set
         succeeded [s] list=set
        certificates.v1.CertificateSigningRequest o gvk=certificates.k8s.io/v1/CertificateSigningRequest
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec certificates.v1.CertificateSigningRequestSpec !0 ={}
         status certificates.v1.CertificateSigningRequestStatus ={}
        certificates.v1.CertificateSigningRequestCondition o
         lastTransitionTime meta.v1.Time
         lastUpdateTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        certificates.v1.CertificateSigningRequestList o gvk=certificates.k8s.io/v1/CertificateSigningRequestList
         apiVersion s
         items [certificates.v1.CertificateSigningRequest] !0
         kind s
         metadata meta.v1.ListMeta ={}
        certificates.v1.CertificateSigningRequestSpec o
         expirationSeconds integer:int32
         extra {[s]}
         groups [s] list=atomic
         request s:byte !0
         signerName s !1 =
         uid s -
         usages [s] enum=any,cert~sign,client~auth,code~signing,content~commitment,crl~sign,data~encipherment,decipher~only,digital~signature,email~protection,encipher~only,ipsec~end~system,ipsec~tunnel,ipsec~user,key~agreement,key~encipherment,microsoft~sgc,netscape~sgc,ocsp~signing,s/mime,server~auth,signing,timestamping list=atomic
         username s -
        certificates.v1.CertificateSigningRequestStatus o
         certificate s:byte
         conditions [certificates.v1.CertificateSigningRequestCondition] list=map keys=type
        coordination.v1.Lease o gvk=coordination.k8s.io/v1/Lease
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec coordination.v1.LeaseSpec ={}
        coordination.v1.LeaseList o gvk=coordination.k8s.io/v1/LeaseList
         apiVersion s
         items [coordination.v1.Lease] !0
         kind s
         metadata meta.v1.ListMeta ={}
        coordination.v1.LeaseSpec o
         acquireTime meta.v1.MicroTime
         holderIdentity s
         leaseDurationSeconds integer:int32
         leaseTransitions integer:int32
         preferredHolder s
         renewTime meta.v1.MicroTime
         strategy s
        core.v1.AWSElasticBlockStoreVolumeSource o
         fsType s -
         partition integer:int32 -
         readOnly boolean -
         volumeID s !0 =
        core.v1.Affinity o
         nodeAffinity core.v1.NodeAffinity
         podAffinity core.v1.PodAffinity
         podAntiAffinity core.v1.PodAntiAffinity
        core.v1.AppArmorProfile o
         localhostProfile s
         type s !0 = enum=Localhost,RuntimeDefault,Unconfined
        core.v1.AttachedVolume o
         devicePath s !1 =
         name s !0 =
        core.v1.AzureDiskVolumeSource o
         cachingMode s =ReadWrite enum=None,ReadOnly,ReadWrite
         diskName s !0 =
         diskURI s !1 =
         fsType s =ext4
         kind s =Shared enum=Dedicated,Managed,Shared
         readOnly boolean =false
        core.v1.AzureFilePersistentVolumeSource o
         readOnly boolean -
         secretName s !0 =
         secretNamespace s
         shareName s !1 =
        core.v1.AzureFileVolumeSource o
         readOnly boolean -
         secretName s !0 =
         shareName s !1 =
        core.v1.Binding o gvk=/v1/Binding
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         target core.v1.ObjectReference !0 ={}
        core.v1.CSIPersistentVolumeSource o
         controllerExpandSecretRef core.v1.SecretReference
         controllerPublishSecretRef core.v1.SecretReference
         driver s !0 =
         fsType s -
         nodeExpandSecretRef core.v1.SecretReference
         nodePublishSecretRef core.v1.SecretReference
         nodeStageSecretRef core.v1.SecretReference
         readOnly boolean -
         volumeAttributes {s}
         volumeHandle s !1 =
        core.v1.CSIVolumeSource o
         driver s !0 =
         fsType s
         nodePublishSecretRef core.v1.LocalObjectReference
         readOnly boolean
         volumeAttributes {s}
        core.v1.Capabilities o
         add [s] list=atomic
         drop [s] list=atomic
        core.v1.CephFSPersistentVolumeSource o
         monitors [s] !0 list=atomic
         path s -
         readOnly boolean -
         secretFile s -
         secretRef core.v1.SecretReference
         user s -
        core.v1.CephFSVolumeSource o
         monitors [s] !0 list=atomic
         path s -
         readOnly boolean -
         secretFile s -
         secretRef core.v1.LocalObjectReference
         user s -
        core.v1.CinderPersistentVolumeSource o
         fsType s -
         readOnly boolean -
         secretRef core.v1.SecretReference
         volumeID s !0 =
        core.v1.CinderVolumeSource o
         fsType s -
         readOnly boolean -
         secretRef core.v1.LocalObjectReference
         volumeID s !0 =
        core.v1.ClientIPConfig o
         timeoutSeconds integer:int32
        core.v1.ClusterTrustBundleProjection o
         labelSelector meta.v1.LabelSelector
         name s
         optional boolean
         path s !0 =
         signerName s
        core.v1.ComponentCondition o
         error s -
         message s -
         status s !1 =
         type s !0 =
        core.v1.ComponentStatus o gvk=/v1/ComponentStatus
         apiVersion s
         conditions [core.v1.ComponentCondition] list=map keys=type patch=merge merge=type
         kind s
         metadata meta.v1.ObjectMeta ={}
        core.v1.ComponentStatusList o gvk=/v1/ComponentStatusList
         apiVersion s
         items [core.v1.ComponentStatus] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.ConfigMap o gvk=/v1/ConfigMap
         apiVersion s
         binaryData {s:byte}
         data {s}
         immutable boolean
         kind s
         metadata meta.v1.ObjectMeta ={}
        core.v1.ConfigMapEnvSource o
         name s =
         optional boolean
        core.v1.ConfigMapKeySelector o map=atomic
         key s !0 =
         name s =
         optional boolean
        core.v1.ConfigMapList o gvk=/v1/ConfigMapList
         apiVersion s
         items [core.v1.ConfigMap] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.ConfigMapNodeConfigSource o
         kubeletConfigKey s !2 =
         name s !1 =
         namespace s !0 =
         resourceVersion s -
         uid s -
        core.v1.ConfigMapProjection o
         items [core.v1.KeyToPath] list=atomic
         name s =
         optional boolean
        core.v1.ConfigMapVolumeSource o
         defaultMode integer:int32
         items [core.v1.KeyToPath] list=atomic
         name s =
         optional boolean
        core.v1.Container o
         args [s] list=atomic
         command [s] list=atomic
         env [core.v1.EnvVar] list=map keys=name patch=merge merge=name
         envFrom [core.v1.EnvFromSource] list=atomic
         image s -
         imagePullPolicy s - enum=Always,IfNotPresent,Never
         lifecycle core.v1.Lifecycle
         livenessProbe core.v1.Probe
         name s !0 =
         ports [core.v1.ContainerPort] list=map keys=containerPort,protocol patch=merge merge=containerPort
         readinessProbe core.v1.Probe
         resizePolicy [core.v1.ContainerResizePolicy] list=atomic
         resources core.v1.ResourceRequirements ={}
         restartPolicy s
         restartPolicyRules [core.v1.ContainerRestartRule] list=atomic
         securityContext core.v1.SecurityContext
         startupProbe core.v1.Probe
         stdin boolean -
         stdinOnce boolean -
         terminationMessagePath s -
         terminationMessagePolicy s - enum=FallbackToLogsOnError,File
         tty boolean -
         volumeDevices [core.v1.VolumeDevice] list=map keys=devicePath patch=merge merge=devicePath
         volumeMounts [core.v1.VolumeMount] list=map keys=mountPath patch=merge merge=mountPath
         workingDir s -
        core.v1.ContainerExtendedResourceRequest o
         containerName s !0 =
         requestName s !2 =
         resourceName s !1 =
        core.v1.ContainerImage o
         names [s] list=atomic
         sizeBytes integer:int64 -
        core.v1.ContainerPort o
         containerPort integer:int32 !0 =0
         hostIP s -
         hostPort integer:int32 -
         name s -
         protocol s - =TCP enum=SCTP,TCP,UDP
        core.v1.ContainerResizePolicy o
         resourceName s !0 =
         restartPolicy s !1 =
        core.v1.ContainerRestartRule o
         action s !0 -
         exitCodes core.v1.ContainerRestartRuleOnExitCodes
        core.v1.ContainerRestartRuleOnExitCodes o
         operator s !0 -
         values [integer:int32] list=set
        core.v1.ContainerState o
         running core.v1.ContainerStateRunning
         terminated core.v1.ContainerStateTerminated
         waiting core.v1.ContainerStateWaiting
        core.v1.ContainerStateRunning o
         startedAt meta.v1.Time
        core.v1.ContainerStateTerminated o
         containerID s -
         exitCode integer:int32 !0 =0
         finishedAt meta.v1.Time
         message s -
         reason s -
         signal integer:int32 -
         startedAt meta.v1.Time
        core.v1.ContainerStateWaiting o
         message s -
         reason s -
        core.v1.ContainerStatus o
         allocatedResources {api.resource.Quantity}
         allocatedResourcesStatus [core.v1.ResourceStatus] list=map keys=name patch=merge merge=name
         containerID s -
         image s !3 =
         imageID s !4 =
         lastState core.v1.ContainerState ={}
         name s !0 =
         ready boolean !1 =false
         resources core.v1.ResourceRequirements
         restartCount integer:int32 !2 =0
         started boolean
         state core.v1.ContainerState ={}
         stopSignal s enum=SIGABRT,SIGALRM,SIGBUS,SIGCHLD,SIGCLD,SIGCONT,SIGFPE,SIGHUP,SIGILL,SIGINT,SIGIO,SIGIOT,SIGKILL,SIGPIPE,SIGPOLL,SIGPROF,SIGPWR,SIGQUIT,SIGRTMAX,SIGRTMAX-1,SIGRTMAX-10,SIGRTMAX-11,SIGRTMAX-12,SIGRTMAX-13,SIGRTMAX-14,SIGRTMAX-2,SIGRTMAX-3,SIGRTMAX-4,SIGRTMAX-5,SIGRTMAX-6,SIGRTMAX-7,SIGRTMAX-8,SIGRTMAX-9,SIGRTMIN,SIGRTMIN+1,SIGRTMIN+10,SIGRTMIN+11,SIGRTMIN+12,SIGRTMIN+13,SIGRTMIN+14,SIGRTMIN+15,SIGRTMIN+2,SIGRTMIN+3,SIGRTMIN+4,SIGRTMIN+5,SIGRTMIN+6,SIGRTMIN+7,SIGRTMIN+8,SIGRTMIN+9,SIGSEGV,SIGSTKFLT,SIGSTOP,SIGSYS,SIGTERM,SIGTRAP,SIGTSTP,SIGTTIN,SIGTTOU,SIGURG,SIGUSR1,SIGUSR2,SIGVTALRM,SIGWINCH,SIGXCPU,SIGXFSZ
         user core.v1.ContainerUser
         volumeMounts [core.v1.VolumeMountStatus] list=map keys=mountPath patch=merge merge=mountPath
        core.v1.ContainerUser o
         linux core.v1.LinuxContainerUser
        core.v1.DaemonEndpoint o
         Port integer:int32 !0 =0
        core.v1.DownwardAPIProjection o
         items [core.v1.DownwardAPIVolumeFile] list=atomic
        core.v1.DownwardAPIVolumeFile o
         fieldRef core.v1.ObjectFieldSelector
         mode integer:int32
         path s !0 =
         resourceFieldRef core.v1.ResourceFieldSelector
        core.v1.DownwardAPIVolumeSource o
         defaultMode integer:int32
         items [core.v1.DownwardAPIVolumeFile] list=atomic
        core.v1.EmptyDirVolumeSource o
         medium s -
         sizeLimit api.resource.Quantity
        core.v1.EndpointAddress o map=atomic
         hostname s -
         ip s !0 =
         nodeName s
         targetRef core.v1.ObjectReference
        core.v1.EndpointPort o map=atomic
         appProtocol s
         name s -
         port integer:int32 !0 =0
         protocol s - enum=SCTP,TCP,UDP
        core.v1.EndpointSubset o
         addresses [core.v1.EndpointAddress] list=atomic
         notReadyAddresses [core.v1.EndpointAddress] list=atomic
         ports [core.v1.EndpointPort] list=atomic
        core.v1.Endpoints o gvk=/v1/Endpoints
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         subsets [core.v1.EndpointSubset] list=atomic
        core.v1.EndpointsList o gvk=/v1/EndpointsList
         apiVersion s
         items [core.v1.Endpoints] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.EnvFromSource o
         configMapRef core.v1.ConfigMapEnvSource
         prefix s -
         secretRef core.v1.SecretEnvSource
        core.v1.EnvVar o
         name s !0 =
         value s -
         valueFrom core.v1.EnvVarSource
        core.v1.EnvVarSource o
         configMapKeyRef core.v1.ConfigMapKeySelector
         fieldRef core.v1.ObjectFieldSelector
         fileKeyRef core.v1.FileKeySelector
         resourceFieldRef core.v1.ResourceFieldSelector
         secretKeyRef core.v1.SecretKeySelector
        core.v1.EphemeralContainer o
         args [s] list=atomic
         command [s] list=atomic
         env [core.v1.EnvVar] list=map keys=name patch=merge merge=name
         envFrom [core.v1.EnvFromSource] list=atomic
         image s
         imagePullPolicy s enum=Always,IfNotPresent,Never
         lifecycle core.v1.Lifecycle
         livenessProbe core.v1.Probe
         name s !0 =
         ports [core.v1.ContainerPort] list=map keys=containerPort,protocol patch=merge merge=containerPort
         readinessProbe core.v1.Probe
         resizePolicy [core.v1.ContainerResizePolicy] list=atomic
         resources core.v1.ResourceRequirements ={}
         restartPolicy s
         restartPolicyRules [core.v1.ContainerRestartRule] list=atomic
         securityContext core.v1.SecurityContext
         startupProbe core.v1.Probe
         stdin boolean
         stdinOnce boolean
         targetContainerName s -
         terminationMessagePath s
         terminationMessagePolicy s enum=FallbackToLogsOnError,File
         tty boolean
         volumeDevices [core.v1.VolumeDevice] list=map keys=devicePath patch=merge merge=devicePath
         volumeMounts [core.v1.VolumeMount] list=map keys=mountPath patch=merge merge=mountPath
         workingDir s
        core.v1.EphemeralVolumeSource o
         volumeClaimTemplate core.v1.PersistentVolumeClaimTemplate
        core.v1.Event o gvk=/v1/Event
         action s -
         apiVersion s
         count integer:int32 -
         eventTime meta.v1.MicroTime
         firstTimestamp meta.v1.Time
         involvedObject core.v1.ObjectReference !1 ={}
         kind s
         lastTimestamp meta.v1.Time
         message s -
         metadata meta.v1.ObjectMeta !0 ={}
         reason s -
         related core.v1.ObjectReference
         reportingComponent s =
         reportingInstance s =
         series core.v1.EventSeries
         source core.v1.EventSource ={}
         type s -
        core.v1.EventList o gvk=/v1/EventList
         apiVersion s
         items [core.v1.Event] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.EventSeries o
         count integer:int32 -
         lastObservedTime meta.v1.MicroTime
        core.v1.EventSource o
         component s -
         host s -
        core.v1.ExecAction o
         command [s] list=atomic
        core.v1.FCVolumeSource o
         fsType s -
         lun integer:int32
         readOnly boolean -
         targetWWNs [s] list=atomic
         wwids [s] list=atomic
        core.v1.FileKeySelector o map=atomic
         key s !2 =
         optional boolean =false
         path s !1 =
         volumeName s !0 =
        core.v1.FlexPersistentVolumeSource o
         driver s !0 =
         fsType s -
         options {s}
         readOnly boolean -
         secretRef core.v1.SecretReference
        core.v1.FlexVolumeSource o
         driver s !0 =
         fsType s -
         options {s}
         readOnly boolean -
         secretRef core.v1.LocalObjectReference
        core.v1.FlockerVolumeSource o
         datasetName s -
         datasetUUID s -
        core.v1.GCEPersistentDiskVolumeSource o
         fsType s -
         partition integer:int32 -
         pdName s !0 =
         readOnly boolean -
        core.v1.GRPCAction o
         port integer:int32 !0 =0
         service s =
        core.v1.GitRepoVolumeSource o
         directory s -
         repository s !0 =
         revision s -
        core.v1.GlusterfsPersistentVolumeSource o
         endpoints s !0 =
         endpointsNamespace s
         path s !1 =
         readOnly boolean -
        core.v1.GlusterfsVolumeSource o
         endpoints s !0 =
         path s !1 =
         readOnly boolean -
        core.v1.HTTPGetAction o
         host s -
         httpHeaders [core.v1.HTTPHeader] list=atomic
         path s -
         port util.intstr.IntOrString !0
         scheme s - enum=HTTP,HTTPS
        core.v1.HTTPHeader o
         name s !0 =
         value s !1 =
        core.v1.HostAlias o
         hostnames [s] list=atomic
         ip s !0 =
        core.v1.HostIP o
         ip s !0 =
        core.v1.HostPathVolumeSource o
         path s !0 =
         type s enum=,BlockDevice,CharDevice,Directory,DirectoryOrCreate,File,FileOrCreate,Socket
        core.v1.ISCSIPersistentVolumeSource o
         chapAuthDiscovery boolean -
         chapAuthSession boolean -
         fsType s -
         initiatorName s
         iqn s !1 =
         iscsiInterface s - =default
         lun integer:int32 !2 =0
         portals [s] list=atomic
         readOnly boolean -
         secretRef core.v1.SecretReference
         targetPortal s !0 =
        core.v1.ISCSIVolumeSource o
         chapAuthDiscovery boolean -
         chapAuthSession boolean -
         fsType s -
         initiatorName s
         iqn s !1 =
         iscsiInterface s - =default
         lun integer:int32 !2 =0
         portals [s] list=atomic
         readOnly boolean -
         secretRef core.v1.LocalObjectReference
         targetPortal s !0 =
        core.v1.ImageVolumeSource o
         pullPolicy s - enum=Always,IfNotPresent,Never
         reference s -
        core.v1.ImageVolumeStatus o
         imageRef s !0 -
        core.v1.KeyToPath o
         key s !0 =
         mode integer:int32
         path s !1 =
        core.v1.Lifecycle o
         postStart core.v1.LifecycleHandler
         preStop core.v1.LifecycleHandler
         stopSignal s enum=SIGABRT,SIGALRM,SIGBUS,SIGCHLD,SIGCLD,SIGCONT,SIGFPE,SIGHUP,SIGILL,SIGINT,SIGIO,SIGIOT,SIGKILL,SIGPIPE,SIGPOLL,SIGPROF,SIGPWR,SIGQUIT,SIGRTMAX,SIGRTMAX-1,SIGRTMAX-10,SIGRTMAX-11,SIGRTMAX-12,SIGRTMAX-13,SIGRTMAX-14,SIGRTMAX-2,SIGRTMAX-3,SIGRTMAX-4,SIGRTMAX-5,SIGRTMAX-6,SIGRTMAX-7,SIGRTMAX-8,SIGRTMAX-9,SIGRTMIN,SIGRTMIN+1,SIGRTMIN+10,SIGRTMIN+11,SIGRTMIN+12,SIGRTMIN+13,SIGRTMIN+14,SIGRTMIN+15,SIGRTMIN+2,SIGRTMIN+3,SIGRTMIN+4,SIGRTMIN+5,SIGRTMIN+6,SIGRTMIN+7,SIGRTMIN+8,SIGRTMIN+9,SIGSEGV,SIGSTKFLT,SIGSTOP,SIGSYS,SIGTERM,SIGTRAP,SIGTSTP,SIGTTIN,SIGTTOU,SIGURG,SIGUSR1,SIGUSR2,SIGVTALRM,SIGWINCH,SIGXCPU,SIGXFSZ
        core.v1.LifecycleHandler o
         exec core.v1.ExecAction
         httpGet core.v1.HTTPGetAction
         sleep core.v1.SleepAction
         tcpSocket core.v1.TCPSocketAction
        core.v1.LimitRange o gvk=/v1/LimitRange
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.LimitRangeSpec ={}
        core.v1.LimitRangeItem o
         default {api.resource.Quantity}
         defaultRequest {api.resource.Quantity}
         max {api.resource.Quantity}
         maxLimitRequestRatio {api.resource.Quantity}
         min {api.resource.Quantity}
         type s !0 =
        core.v1.LimitRangeList o gvk=/v1/LimitRangeList
         apiVersion s
         items [core.v1.LimitRange] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.LimitRangeSpec o
         limits [core.v1.LimitRangeItem] !0 list=atomic
        core.v1.LinuxContainerUser o
         gid integer:int64 !1 =0
         supplementalGroups [integer:int64] list=atomic
         uid integer:int64 !0 =0
        core.v1.LoadBalancerIngress o
         hostname s -
         ip s -
         ipMode s
         ports [core.v1.PortStatus] list=atomic
        core.v1.LoadBalancerStatus o
         ingress [core.v1.LoadBalancerIngress] list=atomic
        core.v1.LocalObjectReference o map=atomic
         name s - =
        core.v1.LocalVolumeSource o
         fsType s
         path s !0 =
        core.v1.ModifyVolumeStatus o
         status s !0 = enum=InProgress,Infeasible,Pending
         targetVolumeAttributesClassName s -
        core.v1.NFSVolumeSource o
         path s !1 =
         readOnly boolean -
         server s !0 =
        core.v1.Namespace o gvk=/v1/Namespace
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.NamespaceSpec ={}
         status core.v1.NamespaceStatus ={}
        core.v1.NamespaceCondition o
         lastTransitionTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        core.v1.NamespaceList o gvk=/v1/NamespaceList
         apiVersion s
         items [core.v1.Namespace] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.NamespaceSpec o
         finalizers [s] list=atomic
        core.v1.NamespaceStatus o
         conditions [core.v1.NamespaceCondition] list=map keys=type patch=merge merge=type
         phase s - enum=Active,Terminating
        core.v1.Node o gvk=/v1/Node
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.NodeSpec ={}
         status core.v1.NodeStatus ={}
        core.v1.NodeAddress o
         address s !1 =
         type s !0 =
        core.v1.NodeAffinity o
         preferredDuringSchedulingIgnoredDuringExecution [core.v1.PreferredSchedulingTerm] list=atomic
         requiredDuringSchedulingIgnoredDuringExecution core.v1.NodeSelector
        core.v1.NodeAllocatableResourceClaimStatus o
         containers [s] list=set
         resourceClaimName s !0 =
         resources {api.resource.Quantity} !1
        core.v1.NodeCondition o
         lastHeartbeatTime meta.v1.Time
         lastTransitionTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        core.v1.NodeConfigSource o
         configMap core.v1.ConfigMapNodeConfigSource
        core.v1.NodeConfigStatus o
         active core.v1.NodeConfigSource
         assigned core.v1.NodeConfigSource
         error s -
         lastKnownGood core.v1.NodeConfigSource
        core.v1.NodeDaemonEndpoints o
         kubeletEndpoint core.v1.DaemonEndpoint ={}
        core.v1.NodeFeatures o
         supplementalGroupsPolicy boolean
        core.v1.NodeList o gvk=/v1/NodeList
         apiVersion s
         items [core.v1.Node] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.NodeRuntimeHandler o
         features core.v1.NodeRuntimeHandlerFeatures
         name s =
        core.v1.NodeRuntimeHandlerFeatures o
         recursiveReadOnlyMounts boolean
         userNamespaces boolean
        core.v1.NodeSelector o map=atomic
         nodeSelectorTerms [core.v1.NodeSelectorTerm] !0 list=atomic
        core.v1.NodeSelectorRequirement o
         key s !0 =
         operator s !1 = enum=DoesNotExist,Exists,Gt,In,Lt,NotIn
         values [s] list=atomic
        core.v1.NodeSelectorTerm o map=atomic
         matchExpressions [core.v1.NodeSelectorRequirement] list=atomic
         matchFields [core.v1.NodeSelectorRequirement] list=atomic
        core.v1.NodeSpec o
         configSource core.v1.NodeConfigSource
         externalID s -
         podCIDR s -
         podCIDRs [s] list=set patch=merge
         providerID s -
         taints [core.v1.Taint] list=atomic
         unschedulable boolean -
        core.v1.NodeStatus o
         addresses [core.v1.NodeAddress] list=map keys=type patch=merge merge=type
         allocatable {api.resource.Quantity}
         capacity {api.resource.Quantity}
         conditions [core.v1.NodeCondition] list=map keys=type patch=merge merge=type
         config core.v1.NodeConfigStatus
         daemonEndpoints core.v1.NodeDaemonEndpoints ={}
         declaredFeatures [s] list=atomic
         features core.v1.NodeFeatures
         images [core.v1.ContainerImage] list=atomic
         nodeInfo core.v1.NodeSystemInfo ={}
         phase s - enum=Pending,Running,Terminated
         runtimeHandlers [core.v1.NodeRuntimeHandler] list=atomic
         volumesAttached [core.v1.AttachedVolume] list=atomic
         volumesInUse [s] list=atomic
        core.v1.NodeSwapStatus o
         capacity integer:int64
        core.v1.NodeSystemInfo o
         architecture s !9 =
         bootID s !2 =
         containerRuntimeVersion s !5 =
         kernelVersion s !3 =
         kubeProxyVersion s !7 =
         kubeletVersion s !6 =
         machineID s !0 =
         operatingSystem s !8 =
         osImage s !4 =
         swap core.v1.NodeSwapStatus
         systemUUID s !1 =
        core.v1.ObjectFieldSelector o map=atomic
         apiVersion s -
         fieldPath s !0 =
        core.v1.ObjectReference o map=atomic
         apiVersion s -
         fieldPath s -
         kind s -
         name s -
         namespace s -
         resourceVersion s -
         uid s -
        core.v1.PersistentVolume o gvk=/v1/PersistentVolume
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.PersistentVolumeSpec ={}
         status core.v1.PersistentVolumeStatus ={}
        core.v1.PersistentVolumeClaim o gvk=/v1/PersistentVolumeClaim
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.PersistentVolumeClaimSpec ={}
         status core.v1.PersistentVolumeClaimStatus ={}
        core.v1.PersistentVolumeClaimCondition o
         lastProbeTime meta.v1.Time
         lastTransitionTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        core.v1.PersistentVolumeClaimList o gvk=/v1/PersistentVolumeClaimList
         apiVersion s
         items [core.v1.PersistentVolumeClaim] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.PersistentVolumeClaimSpec o
         accessModes [s] enum=ReadOnlyMany,ReadWriteMany,ReadWriteOnce,ReadWriteOncePod list=atomic
         dataSource core.v1.TypedLocalObjectReference
         dataSourceRef core.v1.TypedObjectReference
         resources core.v1.VolumeResourceRequirements ={}
         selector meta.v1.LabelSelector
         storageClassName s
         volumeAttributesClassName s
         volumeMode s enum=Block,Filesystem
         volumeName s -
        core.v1.PersistentVolumeClaimStatus o
         accessModes [s] enum=ReadOnlyMany,ReadWriteMany,ReadWriteOnce,ReadWriteOncePod list=atomic
         allocatedResourceStatuses {s} enum=ControllerResizeInProgress,ControllerResizeInfeasible,NodeResizeInProgress,NodeResizeInfeasible,NodeResizePending map=granular
         allocatedResources {api.resource.Quantity}
         capacity {api.resource.Quantity}
         conditions [core.v1.PersistentVolumeClaimCondition] list=map keys=type patch=merge merge=type
         currentVolumeAttributesClassName s
         modifyVolumeStatus core.v1.ModifyVolumeStatus
         phase s - enum=Bound,Lost,Pending
        core.v1.PersistentVolumeClaimTemplate o
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.PersistentVolumeClaimSpec !0 ={}
        core.v1.PersistentVolumeClaimVolumeSource o
         claimName s !0 =
         readOnly boolean -
        core.v1.PersistentVolumeList o gvk=/v1/PersistentVolumeList
         apiVersion s
         items [core.v1.PersistentVolume] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.PersistentVolumeSpec o
         accessModes [s] enum=ReadOnlyMany,ReadWriteMany,ReadWriteOnce,ReadWriteOncePod list=atomic
         awsElasticBlockStore core.v1.AWSElasticBlockStoreVolumeSource
         azureDisk core.v1.AzureDiskVolumeSource
         azureFile core.v1.AzureFilePersistentVolumeSource
         capacity {api.resource.Quantity}
         cephfs core.v1.CephFSPersistentVolumeSource
         cinder core.v1.CinderPersistentVolumeSource
         claimRef core.v1.ObjectReference map=granular
         csi core.v1.CSIPersistentVolumeSource
         fc core.v1.FCVolumeSource
         flexVolume core.v1.FlexPersistentVolumeSource
         flocker core.v1.FlockerVolumeSource
         gcePersistentDisk core.v1.GCEPersistentDiskVolumeSource
         glusterfs core.v1.GlusterfsPersistentVolumeSource
         hostPath core.v1.HostPathVolumeSource
         iscsi core.v1.ISCSIPersistentVolumeSource
         local core.v1.LocalVolumeSource
         mountOptions [s] list=atomic
         nfs core.v1.NFSVolumeSource
         nodeAffinity core.v1.VolumeNodeAffinity
         persistentVolumeReclaimPolicy s - enum=Delete,Recycle,Retain
         photonPersistentDisk core.v1.PhotonPersistentDiskVolumeSource
         portworxVolume core.v1.PortworxVolumeSource
         quobyte core.v1.QuobyteVolumeSource
         rbd core.v1.RBDPersistentVolumeSource
         scaleIO core.v1.ScaleIOPersistentVolumeSource
         storageClassName s -
         storageos core.v1.StorageOSPersistentVolumeSource
         volumeAttributesClassName s
         volumeMode s enum=Block,Filesystem
         vsphereVolume core.v1.VsphereVirtualDiskVolumeSource
        core.v1.PersistentVolumeStatus o
         lastPhaseTransitionTime meta.v1.Time
         message s -
         phase s - enum=Available,Bound,Failed,Pending,Released
         reason s -
        core.v1.PhotonPersistentDiskVolumeSource o
         fsType s -
         pdID s !0 =
        core.v1.Pod o gvk=/v1/Pod
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.PodSpec ={}
         status core.v1.PodStatus ={}
        core.v1.PodAffinity o
         preferredDuringSchedulingIgnoredDuringExecution [core.v1.WeightedPodAffinityTerm] list=atomic
         requiredDuringSchedulingIgnoredDuringExecution [core.v1.PodAffinityTerm] list=atomic
        core.v1.PodAffinityTerm o
         labelSelector meta.v1.LabelSelector
         matchLabelKeys [s] list=atomic
         mismatchLabelKeys [s] list=atomic
         namespaceSelector meta.v1.LabelSelector
         namespaces [s] list=atomic
         topologyKey s !0 =
        core.v1.PodAntiAffinity o
         preferredDuringSchedulingIgnoredDuringExecution [core.v1.WeightedPodAffinityTerm] list=atomic
         requiredDuringSchedulingIgnoredDuringExecution [core.v1.PodAffinityTerm] list=atomic
        core.v1.PodCertificateProjection o
         certificateChainPath s -
         credentialBundlePath s -
         keyPath s -
         keyType s !1 -
         maxExpirationSeconds integer:int32
         signerName s !0 -
         userAnnotations {s}
        core.v1.PodCondition o
         lastProbeTime meta.v1.Time
         lastTransitionTime meta.v1.Time
         message s -
         observedGeneration integer:int64 -
         reason s -
         status s !1 =
         type s !0 =
        core.v1.PodDNSConfig o
         nameservers [s] list=atomic
         options [core.v1.PodDNSConfigOption] list=atomic
         searches [s] list=atomic
        core.v1.PodDNSConfigOption o
         name s -
         value s
        core.v1.PodExtendedResourceClaimStatus o
         requestMappings [core.v1.ContainerExtendedResourceRequest] !0 list=atomic
         resourceClaimName s !1 =
        core.v1.PodIP o
         ip s !0 =
        core.v1.PodList o gvk=/v1/PodList
         apiVersion s
         items [core.v1.Pod] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.PodOS o
         name s !0 =
        core.v1.PodReadinessGate o
         conditionType s !0 =
        core.v1.PodResourceClaim o
         name s !0 =
         resourceClaimName s
         resourceClaimTemplateName s
        core.v1.PodResourceClaimStatus o
         name s !0 =
         resourceClaimName s
        core.v1.PodSchedulingGate o
         name s !0 =
        core.v1.PodSchedulingGroup o
         podGroupName s
        core.v1.PodSecurityContext o
         appArmorProfile core.v1.AppArmorProfile
         fsGroup integer:int64
         fsGroupChangePolicy s enum=Always,OnRootMismatch
         runAsGroup integer:int64
         runAsNonRoot boolean
         runAsUser integer:int64
         seLinuxChangePolicy s
         seLinuxOptions core.v1.SELinuxOptions
         seccompProfile core.v1.SeccompProfile
         supplementalGroups [integer:int64] list=atomic
         supplementalGroupsPolicy s enum=Merge,Strict
         sysctls [core.v1.Sysctl] list=atomic
         windowsOptions core.v1.WindowsSecurityContextOptions
        core.v1.PodSpec o
         activeDeadlineSeconds integer:int64
         affinity core.v1.Affinity
         automountServiceAccountToken boolean
         containers [core.v1.Container] !0 list=map keys=name patch=merge merge=name
         dnsConfig core.v1.PodDNSConfig
         dnsPolicy s - enum=ClusterFirst,ClusterFirstWithHostNet,Default,None
         enableServiceLinks boolean
         ephemeralContainers [core.v1.EphemeralContainer] list=map keys=name patch=merge merge=name
         hostAliases [core.v1.HostAlias] list=map keys=ip patch=merge merge=ip
         hostIPC boolean -
         hostNetwork boolean -
         hostPID boolean -
         hostUsers boolean
         hostname s -
         hostnameOverride s
         imagePullSecrets [core.v1.LocalObjectReference] list=map keys=name patch=merge merge=name
         initContainers [core.v1.Container] list=map keys=name patch=merge merge=name
         nodeName s -
         nodeSelector {s} map=atomic
         os core.v1.PodOS
         overhead {api.resource.Quantity}
         preemptionPolicy s enum=Never,PreemptLowerPriority
         priority integer:int32
         priorityClassName s -
         readinessGates [core.v1.PodReadinessGate] list=atomic
         resourceClaims [core.v1.PodResourceClaim] list=map keys=name patch=merge,retainKeys merge=name
         resources core.v1.ResourceRequirements
         restartPolicy s - enum=Always,Never,OnFailure
         runtimeClassName s
         schedulerName s -
         schedulingGates [core.v1.PodSchedulingGate] list=map keys=name patch=merge merge=name
         schedulingGroup core.v1.PodSchedulingGroup
         securityContext core.v1.PodSecurityContext
         serviceAccount s -
         serviceAccountName s -
         setHostnameAsFQDN boolean
         shareProcessNamespace boolean
         subdomain s -
         terminationGracePeriodSeconds integer:int64
         tolerations [core.v1.Toleration] list=atomic
         topologySpreadConstraints [core.v1.TopologySpreadConstraint] list=map keys=topologyKey,whenUnsatisfiable patch=merge merge=topologyKey
         volumes [core.v1.Volume] list=map keys=name patch=merge,retainKeys merge=name
        core.v1.PodStatus o
         allocatedResources {api.resource.Quantity}
         conditions [core.v1.PodCondition] list=map keys=type patch=merge merge=type
         containerStatuses [core.v1.ContainerStatus] list=atomic
         ephemeralContainerStatuses [core.v1.ContainerStatus] list=atomic
         extendedResourceClaimStatus core.v1.PodExtendedResourceClaimStatus
         hostIP s -
         hostIPs [core.v1.HostIP] list=atomic patch=merge merge=ip
         initContainerStatuses [core.v1.ContainerStatus] list=atomic
         message s -
         nodeAllocatableResourceClaimStatuses [core.v1.NodeAllocatableResourceClaimStatus] list=atomic
         nominatedNodeName s -
         observedGeneration integer:int64 -
         phase s - enum=Failed,Pending,Running,Succeeded,Unknown
         podIP s -
         podIPs [core.v1.PodIP] list=map keys=ip patch=merge merge=ip
         qosClass s - enum=BestEffort,Burstable,Guaranteed
         reason s -
         resize s -
         resourceClaimStatuses [core.v1.PodResourceClaimStatus] list=map keys=name patch=merge,retainKeys merge=name
         resources core.v1.ResourceRequirements
         startTime meta.v1.Time
        core.v1.PodTemplate o gvk=/v1/PodTemplate
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         template core.v1.PodTemplateSpec ={}
        core.v1.PodTemplateList o gvk=/v1/PodTemplateList
         apiVersion s
         items [core.v1.PodTemplate] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.PodTemplateSpec o
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.PodSpec ={}
        core.v1.PortStatus o
         error s
         port integer:int32 !0 =0
         protocol s !1 = enum=SCTP,TCP,UDP
        core.v1.PortworxVolumeSource o
         fsType s -
         readOnly boolean -
         volumeID s !0 =
        core.v1.PreferredSchedulingTerm o
         preference core.v1.NodeSelectorTerm !1 ={}
         weight integer:int32 !0 =0
        core.v1.Probe o
         exec core.v1.ExecAction
         failureThreshold integer:int32 -
         grpc core.v1.GRPCAction
         httpGet core.v1.HTTPGetAction
         initialDelaySeconds integer:int32 -
         periodSeconds integer:int32 -
         successThreshold integer:int32 -
         tcpSocket core.v1.TCPSocketAction
         terminationGracePeriodSeconds integer:int64
         timeoutSeconds integer:int32 -
        core.v1.ProjectedVolumeSource o
         defaultMode integer:int32
         sources [core.v1.VolumeProjection] list=atomic
        core.v1.QuobyteVolumeSource o
         group s -
         readOnly boolean -
         registry s !0 =
         tenant s -
         user s -
         volume s !1 =
        core.v1.RBDPersistentVolumeSource o
         fsType s -
         image s !1 =
         keyring s - =/etc/ceph/keyring
         monitors [s] !0 list=atomic
         pool s - =rbd
         readOnly boolean -
         secretRef core.v1.SecretReference
         user s - =admin
        core.v1.RBDVolumeSource o
         fsType s -
         image s !1 =
         keyring s - =/etc/ceph/keyring
         monitors [s] !0 list=atomic
         pool s - =rbd
         readOnly boolean -
         secretRef core.v1.LocalObjectReference
         user s - =admin
        core.v1.ReplicationController o gvk=/v1/ReplicationController
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.ReplicationControllerSpec ={}
         status core.v1.ReplicationControllerStatus ={}
        core.v1.ReplicationControllerCondition o
         lastTransitionTime meta.v1.Time
         message s -
         reason s -
         status s !1 =
         type s !0 =
        core.v1.ReplicationControllerList o gvk=/v1/ReplicationControllerList
         apiVersion s
         items [core.v1.ReplicationController] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.ReplicationControllerSpec o
         minReadySeconds integer:int32 - =0
         replicas integer:int32 =1
         selector {s} map=atomic
         template core.v1.PodTemplateSpec
        core.v1.ReplicationControllerStatus o
         availableReplicas integer:int32 -
         conditions [core.v1.ReplicationControllerCondition] list=map keys=type patch=merge merge=type
         fullyLabeledReplicas integer:int32 -
         observedGeneration integer:int64 -
         readyReplicas integer:int32 -
         replicas integer:int32 !0 =0
        core.v1.ResourceClaim o
         name s !0 =
         request s -
        core.v1.ResourceFieldSelector o map=atomic
         containerName s -
         divisor api.resource.Quantity
         resource s !0 =
        core.v1.ResourceHealth o
         health s -
         message s
         resourceID s !0 =
        core.v1.ResourceQuota o gvk=/v1/ResourceQuota
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.ResourceQuotaSpec ={}
         status core.v1.ResourceQuotaStatus ={}
        core.v1.ResourceQuotaList o gvk=/v1/ResourceQuotaList
         apiVersion s
         items [core.v1.ResourceQuota] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.ResourceQuotaSpec o
         hard {api.resource.Quantity}
         scopeSelector core.v1.ScopeSelector
         scopes [s] enum=BestEffort,CrossNamespacePodAffinity,NotBestEffort,NotTerminating,PriorityClass,Terminating,VolumeAttributesClass list=atomic
        core.v1.ResourceQuotaStatus o
         hard {api.resource.Quantity}
         used {api.resource.Quantity}
        core.v1.ResourceRequirements o
         claims [core.v1.ResourceClaim] list=map keys=name
         limits {api.resource.Quantity}
         requests {api.resource.Quantity}
        core.v1.ResourceStatus o
         name s !0 =
         resources [core.v1.ResourceHealth] list=map keys=resourceID
        core.v1.SELinuxOptions o
         level s -
         role s -
         type s -
         user s -
        core.v1.ScaleIOPersistentVolumeSource o
         fsType s - =xfs
         gateway s !0 =
         protectionDomain s -
         readOnly boolean -
         secretRef core.v1.SecretReference !2
         sslEnabled boolean -
         storageMode s - =ThinProvisioned
         storagePool s -
         system s !1 =
         volumeName s -
        core.v1.ScaleIOVolumeSource o
         fsType s - =xfs
         gateway s !0 =
         protectionDomain s -
         readOnly boolean -
         secretRef core.v1.LocalObjectReference !2
         sslEnabled boolean -
         storageMode s - =ThinProvisioned
         storagePool s -
         system s !1 =
         volumeName s -
        core.v1.ScopeSelector o map=atomic
         matchExpressions [core.v1.ScopedResourceSelectorRequirement] list=atomic
        core.v1.ScopedResourceSelectorRequirement o
         operator s !1 = enum=DoesNotExist,Exists,In,NotIn
         scopeName s !0 = enum=BestEffort,CrossNamespacePodAffinity,NotBestEffort,NotTerminating,PriorityClass,Terminating,VolumeAttributesClass
         values [s] list=atomic
        core.v1.SeccompProfile o
         localhostProfile s
         type s !0 = enum=Localhost,RuntimeDefault,Unconfined
        core.v1.Secret o gvk=/v1/Secret
         apiVersion s
         data {s:byte}
         immutable boolean
         kind s
         metadata meta.v1.ObjectMeta ={}
         stringData {s}
         type s -
        core.v1.SecretEnvSource o
         name s =
         optional boolean
        core.v1.SecretKeySelector o map=atomic
         key s !0 =
         name s =
         optional boolean
        core.v1.SecretList o gvk=/v1/SecretList
         apiVersion s
         items [core.v1.Secret] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.SecretProjection o
         items [core.v1.KeyToPath] list=atomic
         name s =
         optional boolean
        core.v1.SecretReference o map=atomic
         name s -
         namespace s -
        core.v1.SecretVolumeSource o
         defaultMode integer:int32
         items [core.v1.KeyToPath] list=atomic
         optional boolean
         secretName s -
        core.v1.SecurityContext o
         allowPrivilegeEscalation boolean
         appArmorProfile core.v1.AppArmorProfile
         capabilities core.v1.Capabilities
         privileged boolean
         procMount s enum=Default,Unmasked
         readOnlyRootFilesystem boolean
         runAsGroup integer:int64
         runAsNonRoot boolean
         runAsUser integer:int64
         seLinuxOptions core.v1.SELinuxOptions
         seccompProfile core.v1.SeccompProfile
         windowsOptions core.v1.WindowsSecurityContextOptions
        core.v1.Service o gvk=/v1/Service
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec core.v1.ServiceSpec ={}
         status core.v1.ServiceStatus ={}
        core.v1.ServiceAccount o gvk=/v1/ServiceAccount
         apiVersion s
         automountServiceAccountToken boolean
         imagePullSecrets [core.v1.LocalObjectReference] list=atomic
         kind s
         metadata meta.v1.ObjectMeta ={}
         secrets [core.v1.ObjectReference] list=map keys=name patch=merge merge=name
        core.v1.ServiceAccountList o gvk=/v1/ServiceAccountList
         apiVersion s
         items [core.v1.ServiceAccount] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.ServiceAccountTokenProjection o
         audience s -
         expirationSeconds integer:int64
         path s !0 =
        core.v1.ServiceList o gvk=/v1/ServiceList
         apiVersion s
         items [core.v1.Service] !0
         kind s
         metadata meta.v1.ListMeta ={}
        core.v1.ServicePort o
         appProtocol s
         name s -
         nodePort integer:int32 -
         port integer:int32 !0 =0
         protocol s - =TCP enum=SCTP,TCP,UDP
         targetPort util.intstr.IntOrString
        core.v1.ServiceSpec o
         allocateLoadBalancerNodePorts boolean
         clusterIP s -
         clusterIPs [s] list=atomic
         externalIPs [s] list=atomic
         externalName s -
         externalTrafficPolicy s - enum=Cluster,Local
         healthCheckNodePort integer:int32 -
         internalTrafficPolicy s enum=Cluster,Local
         ipFamilies [s] enum=,IPv4,IPv6 list=atomic
         ipFamilyPolicy s enum=PreferDualStack,RequireDualStack,SingleStack
         loadBalancerClass s
         loadBalancerIP s -
         loadBalancerSourceRanges [s] list=atomic
         ports [core.v1.ServicePort] list=map keys=port,protocol patch=merge merge=port
         publishNotReadyAddresses boolean -
         selector {s} map=atomic
         sessionAffinity s - enum=ClientIP,None
         sessionAffinityConfig core.v1.SessionAffinityConfig
         trafficDistribution s
         type s - enum=ClusterIP,ExternalName,LoadBalancer,NodePort
        core.v1.ServiceStatus o
         conditions [meta.v1.Condition] list=map keys=type patch=merge merge=type
         loadBalancer core.v1.LoadBalancerStatus ={}
        core.v1.SessionAffinityConfig o
         clientIP core.v1.ClientIPConfig
        core.v1.SleepAction o
         seconds integer:int64 !0 =0
        core.v1.StorageOSPersistentVolumeSource o
         fsType s -
         readOnly boolean -
         secretRef core.v1.ObjectReference
         volumeName s -
         volumeNamespace s -
        core.v1.StorageOSVolumeSource o
         fsType s -
         readOnly boolean -
         secretRef core.v1.LocalObjectReference
         volumeName s -
         volumeNamespace s -
        core.v1.Sysctl o
         name s !0 =
         value s !1 =
        core.v1.TCPSocketAction o
         host s -
         port util.intstr.IntOrString !0
        core.v1.Taint o
         effect s !1 = enum=NoExecute,NoSchedule,PreferNoSchedule
         key s !0 =
         timeAdded meta.v1.Time
         value s -
        core.v1.Toleration o
         effect s - enum=NoExecute,NoSchedule,PreferNoSchedule
         key s -
         operator s - enum=Equal,Exists,Gt,Lt
         tolerationSeconds integer:int64
         value s -
        core.v1.TopologySelectorLabelRequirement o
         key s !0 =
         values [s] !1 list=atomic
        core.v1.TopologySelectorTerm o map=atomic
         matchLabelExpressions [core.v1.TopologySelectorLabelRequirement] list=atomic
        core.v1.TopologySpreadConstraint o
         labelSelector meta.v1.LabelSelector
         matchLabelKeys [s] list=atomic
         maxSkew integer:int32 !0 =0
         minDomains integer:int32
         nodeAffinityPolicy s enum=Honor,Ignore
         nodeTaintsPolicy s enum=Honor,Ignore
         topologyKey s !1 =
         whenUnsatisfiable s !2 = enum=DoNotSchedule,ScheduleAnyway
        core.v1.TypedLocalObjectReference o map=atomic
         apiGroup s
         kind s !0 =
         name s !1 =
        core.v1.TypedObjectReference o
         apiGroup s
         kind s !0 =
         name s !1 =
         namespace s
        core.v1.Volume o
         awsElasticBlockStore core.v1.AWSElasticBlockStoreVolumeSource
         azureDisk core.v1.AzureDiskVolumeSource
         azureFile core.v1.AzureFileVolumeSource
         cephfs core.v1.CephFSVolumeSource
         cinder core.v1.CinderVolumeSource
         configMap core.v1.ConfigMapVolumeSource
         csi core.v1.CSIVolumeSource
         downwardAPI core.v1.DownwardAPIVolumeSource
         emptyDir core.v1.EmptyDirVolumeSource
         ephemeral core.v1.EphemeralVolumeSource
         fc core.v1.FCVolumeSource
         flexVolume core.v1.FlexVolumeSource
         flocker core.v1.FlockerVolumeSource
         gcePersistentDisk core.v1.GCEPersistentDiskVolumeSource
         gitRepo core.v1.GitRepoVolumeSource
         glusterfs core.v1.GlusterfsVolumeSource
         hostPath core.v1.HostPathVolumeSource
         image core.v1.ImageVolumeSource
         iscsi core.v1.ISCSIVolumeSource
         name s !0 =
         nfs core.v1.NFSVolumeSource
         persistentVolumeClaim core.v1.PersistentVolumeClaimVolumeSource
         photonPersistentDisk core.v1.PhotonPersistentDiskVolumeSource
         portworxVolume core.v1.PortworxVolumeSource
         projected core.v1.ProjectedVolumeSource
         quobyte core.v1.QuobyteVolumeSource
         rbd core.v1.RBDVolumeSource
         scaleIO core.v1.ScaleIOVolumeSource
         secret core.v1.SecretVolumeSource
         storageos core.v1.StorageOSVolumeSource
         vsphereVolume core.v1.VsphereVirtualDiskVolumeSource
        core.v1.VolumeDevice o
         devicePath s !1 =
         name s !0 =
        core.v1.VolumeMount o
         mountPath s !1 =
         mountPropagation s enum=Bidirectional,HostToContainer,None
         name s !0 =
         readOnly boolean -
         recursiveReadOnly s
         subPath s -
         subPathExpr s -
        core.v1.VolumeMountStatus o
         mountPath s !1 =
         name s !0 =
         readOnly boolean -
         recursiveReadOnly s
         volumeStatus core.v1.VolumeStatus
        core.v1.VolumeNodeAffinity o
         required core.v1.NodeSelector
        core.v1.VolumeProjection o
         clusterTrustBundle core.v1.ClusterTrustBundleProjection
         configMap core.v1.ConfigMapProjection
         downwardAPI core.v1.DownwardAPIProjection
         podCertificate core.v1.PodCertificateProjection
         secret core.v1.SecretProjection
         serviceAccountToken core.v1.ServiceAccountTokenProjection
        core.v1.VolumeResourceRequirements o
         limits {api.resource.Quantity}
         requests {api.resource.Quantity}
        core.v1.VolumeStatus o
         image core.v1.ImageVolumeStatus
        core.v1.VsphereVirtualDiskVolumeSource o
         fsType s -
         storagePolicyID s -
         storagePolicyName s -
         volumePath s !0 =
        core.v1.WeightedPodAffinityTerm o
         podAffinityTerm core.v1.PodAffinityTerm !1 ={}
         weight integer:int32 !0 =0
        core.v1.WindowsSecurityContextOptions o
         gmsaCredentialSpec s
         gmsaCredentialSpecName s
         hostProcess boolean
         runAsUserName s
        discovery.v1.Endpoint o
         addresses [s] !0 list=set
         conditions discovery.v1.EndpointConditions ={}
         deprecatedTopology {s}
         hints discovery.v1.EndpointHints
         hostname s
         nodeName s
         targetRef core.v1.ObjectReference
         zone s
        discovery.v1.EndpointConditions o
         ready boolean
         serving boolean
         terminating boolean
        discovery.v1.EndpointHints o
         forNodes [discovery.v1.ForNode] list=atomic
         forZones [discovery.v1.ForZone] list=atomic
        discovery.v1.EndpointPort o map=atomic
         appProtocol s
         name s
         port integer:int32
         protocol s enum=SCTP,TCP,UDP
        discovery.v1.EndpointSlice o gvk=discovery.k8s.io/v1/EndpointSlice
         addressType s !0 = enum=FQDN,IPv4,IPv6
         apiVersion s
         endpoints [discovery.v1.Endpoint] list=atomic
         kind s
         metadata meta.v1.ObjectMeta ={}
         ports [discovery.v1.EndpointPort] list=atomic
        discovery.v1.EndpointSliceList o gvk=discovery.k8s.io/v1/EndpointSliceList
         apiVersion s
         items [discovery.v1.EndpointSlice] !0
         kind s
         metadata meta.v1.ListMeta ={}
        discovery.v1.ForNode o
         name s !0 =
        discovery.v1.ForZone o
         name s !0 =
        events.v1.Event o gvk=events.k8s.io/v1/Event
         action s -
         apiVersion s
         deprecatedCount integer:int32 -
         deprecatedFirstTimestamp meta.v1.Time
         deprecatedLastTimestamp meta.v1.Time
         deprecatedSource core.v1.EventSource ={}
         eventTime meta.v1.MicroTime !0
         kind s
         metadata meta.v1.ObjectMeta ={}
         note s -
         reason s -
         regarding core.v1.ObjectReference ={}
         related core.v1.ObjectReference
         reportingController s -
         reportingInstance s -
         series events.v1.EventSeries
         type s -
        events.v1.EventList o gvk=events.k8s.io/v1/EventList
         apiVersion s
         items [events.v1.Event] !0
         kind s
         metadata meta.v1.ListMeta ={}
        events.v1.EventSeries o
         count integer:int32 !0 =0
         lastObservedTime meta.v1.MicroTime !1
        networking.v1.HTTPIngressPath o
         backend networking.v1.IngressBackend !1 ={}
         path s -
         pathType s !0 enum=Exact,ImplementationSpecific,Prefix
        networking.v1.HTTPIngressRuleValue o
         paths [networking.v1.HTTPIngressPath] !0 list=atomic
        networking.v1.IPAddress o gvk=networking.k8s.io/v1/IPAddress
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec networking.v1.IPAddressSpec !0 ={}
        networking.v1.IPAddressList o gvk=networking.k8s.io/v1/IPAddressList
         apiVersion s
         items [networking.v1.IPAddress] !0
         kind s
         metadata meta.v1.ListMeta ={}
        networking.v1.IPAddressSpec o
         parentRef networking.v1.ParentReference !0
        networking.v1.IPBlock o
         cidr s !0 =
         except [s] list=atomic
        networking.v1.Ingress o gvk=networking.k8s.io/v1/Ingress
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec networking.v1.IngressSpec ={}
         status networking.v1.IngressStatus ={}
        networking.v1.IngressBackend o
         resource core.v1.TypedLocalObjectReference
         service networking.v1.IngressServiceBackend
        networking.v1.IngressClass o gvk=networking.k8s.io/v1/IngressClass
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec networking.v1.IngressClassSpec ={}
        networking.v1.IngressClassList o gvk=networking.k8s.io/v1/IngressClassList
         apiVersion s
         items [networking.v1.IngressClass] !0
         kind s
         metadata meta.v1.ListMeta ={}
        networking.v1.IngressClassParametersReference o
         apiGroup s
         kind s !0 =
         name s !1 =
         namespace s
         scope s
        networking.v1.IngressClassSpec o
         controller s -
         parameters networking.v1.IngressClassParametersReference
        networking.v1.IngressList o gvk=networking.k8s.io/v1/IngressList
         apiVersion s
         items [networking.v1.Ingress] !0
         kind s
         metadata meta.v1.ListMeta ={}
        networking.v1.IngressLoadBalancerIngress o
         hostname s -
         ip s -
         ports [networking.v1.IngressPortStatus] list=atomic
        networking.v1.IngressLoadBalancerStatus o
         ingress [networking.v1.IngressLoadBalancerIngress] list=atomic
        networking.v1.IngressPortStatus o
         error s
         port integer:int32 !0 =0
         protocol s !1 = enum=SCTP,TCP,UDP
        networking.v1.IngressRule o
         host s -
         http networking.v1.HTTPIngressRuleValue
        networking.v1.IngressServiceBackend o
         name s !0 =
         port networking.v1.ServiceBackendPort ={}
        networking.v1.IngressSpec o
         defaultBackend networking.v1.IngressBackend
         ingressClassName s
         rules [networking.v1.IngressRule] list=atomic
         tls [networking.v1.IngressTLS] list=atomic
        networking.v1.IngressStatus o
         loadBalancer networking.v1.IngressLoadBalancerStatus ={}
        networking.v1.IngressTLS o
         hosts [s] list=atomic
         secretName s -
        networking.v1.NetworkPolicy o gvk=networking.k8s.io/v1/NetworkPolicy
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec networking.v1.NetworkPolicySpec ={}
        networking.v1.NetworkPolicyEgressRule o
         ports [networking.v1.NetworkPolicyPort] list=atomic
         to [networking.v1.NetworkPolicyPeer] list=atomic
        networking.v1.NetworkPolicyIngressRule o
         from [networking.v1.NetworkPolicyPeer] list=atomic
         ports [networking.v1.NetworkPolicyPort] list=atomic
        networking.v1.NetworkPolicyList o gvk=networking.k8s.io/v1/NetworkPolicyList
         apiVersion s
         items [networking.v1.NetworkPolicy] !0
         kind s
         metadata meta.v1.ListMeta ={}
        networking.v1.NetworkPolicyPeer o
         ipBlock networking.v1.IPBlock
         namespaceSelector meta.v1.LabelSelector
         podSelector meta.v1.LabelSelector
        networking.v1.NetworkPolicyPort o
         endPort integer:int32
         port util.intstr.IntOrString
         protocol s enum=SCTP,TCP,UDP
        networking.v1.NetworkPolicySpec o
         egress [networking.v1.NetworkPolicyEgressRule] list=atomic
         ingress [networking.v1.NetworkPolicyIngressRule] list=atomic
         podSelector meta.v1.LabelSelector ={}
         policyTypes [s] enum=Egress,Ingress list=atomic
        networking.v1.ParentReference o
         group s -
         name s !1 -
         namespace s -
         resource s !0 -
        networking.v1.ServiceBackendPort o map=atomic
         name s -
         number integer:int32 -
        networking.v1.ServiceCIDR o gvk=networking.k8s.io/v1/ServiceCIDR
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec networking.v1.ServiceCIDRSpec ={}
         status networking.v1.ServiceCIDRStatus ={}
        networking.v1.ServiceCIDRList o gvk=networking.k8s.io/v1/ServiceCIDRList
         apiVersion s
         items [networking.v1.ServiceCIDR] !0
         kind s
         metadata meta.v1.ListMeta ={}
        networking.v1.ServiceCIDRSpec o
         cidrs [s] list=atomic
        networking.v1.ServiceCIDRStatus o
         conditions [meta.v1.Condition] list=map keys=type patch=merge merge=type
        node.v1.Overhead o
         podFixed {api.resource.Quantity}
        node.v1.RuntimeClass o gvk=node.k8s.io/v1/RuntimeClass
         apiVersion s
         handler s !0 =
         kind s
         metadata meta.v1.ObjectMeta ={}
         overhead node.v1.Overhead
         scheduling node.v1.Scheduling
        node.v1.RuntimeClassList o gvk=node.k8s.io/v1/RuntimeClassList
         apiVersion s
         items [node.v1.RuntimeClass] !0
         kind s
         metadata meta.v1.ListMeta ={}
        node.v1.Scheduling o
         nodeSelector {s} map=atomic
         tolerations [core.v1.Toleration] list=atomic
        policy.v1.Eviction o gvk=policy/v1/Eviction
         apiVersion s
         deleteOptions meta.v1.DeleteOptions
         kind s
         metadata meta.v1.ObjectMeta ={}
        policy.v1.PodDisruptionBudget o gvk=policy/v1/PodDisruptionBudget
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec policy.v1.PodDisruptionBudgetSpec ={}
         status policy.v1.PodDisruptionBudgetStatus ={}
        policy.v1.PodDisruptionBudgetList o gvk=policy/v1/PodDisruptionBudgetList
         apiVersion s
         items [policy.v1.PodDisruptionBudget] !0
         kind s
         metadata meta.v1.ListMeta ={}
        policy.v1.PodDisruptionBudgetSpec o
         maxUnavailable util.intstr.IntOrString
         minAvailable util.intstr.IntOrString
         selector meta.v1.LabelSelector patch=replace
         unhealthyPodEvictionPolicy s enum=AlwaysAllow,IfHealthyBudget
        policy.v1.PodDisruptionBudgetStatus o
         conditions [meta.v1.Condition] list=map keys=type patch=merge merge=type
         currentHealthy integer:int32 =0
         desiredHealthy integer:int32 =0
         disruptedPods {meta.v1.Time}
         disruptionsAllowed integer:int32 =0
         expectedPods integer:int32 =0
         observedGeneration integer:int64 -
        rbac.v1.AggregationRule o
         clusterRoleSelectors [meta.v1.LabelSelector] list=atomic
        rbac.v1.ClusterRole o gvk=rbac.authorization.k8s.io/v1/ClusterRole
         aggregationRule rbac.v1.AggregationRule
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         rules [rbac.v1.PolicyRule] list=atomic
        rbac.v1.ClusterRoleBinding o gvk=rbac.authorization.k8s.io/v1/ClusterRoleBinding
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         roleRef rbac.v1.RoleRef !0 ={}
         subjects [rbac.v1.Subject] list=atomic
        rbac.v1.ClusterRoleBindingList o gvk=rbac.authorization.k8s.io/v1/ClusterRoleBindingList
         apiVersion s
         items [rbac.v1.ClusterRoleBinding] !0
         kind s
         metadata meta.v1.ListMeta ={}
        rbac.v1.ClusterRoleList o gvk=rbac.authorization.k8s.io/v1/ClusterRoleList
         apiVersion s
         items [rbac.v1.ClusterRole] !0
         kind s
         metadata meta.v1.ListMeta ={}
        rbac.v1.PolicyRule o
         apiGroups [s] list=atomic
         nonResourceURLs [s] list=atomic
         resourceNames [s] list=atomic
         resources [s] list=atomic
         verbs [s] !0 list=atomic
        rbac.v1.Role o gvk=rbac.authorization.k8s.io/v1/Role
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         rules [rbac.v1.PolicyRule] list=atomic
        rbac.v1.RoleBinding o gvk=rbac.authorization.k8s.io/v1/RoleBinding
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         roleRef rbac.v1.RoleRef !0 ={}
         subjects [rbac.v1.Subject] list=atomic
        rbac.v1.RoleBindingList o gvk=rbac.authorization.k8s.io/v1/RoleBindingList
         apiVersion s
         items [rbac.v1.RoleBinding] !0
         kind s
         metadata meta.v1.ListMeta ={}
        rbac.v1.RoleList o gvk=rbac.authorization.k8s.io/v1/RoleList
         apiVersion s
         items [rbac.v1.Role] !0
         kind s
         metadata meta.v1.ListMeta ={}
        rbac.v1.RoleRef o map=atomic
         apiGroup s =
         kind s !0 =
         name s !1 =
        rbac.v1.Subject o map=atomic
         apiGroup s -
         kind s !0 =
         name s !1 =
         namespace s -
        scheduling.v1.PriorityClass o gvk=scheduling.k8s.io/v1/PriorityClass
         apiVersion s
         description s -
         globalDefault boolean -
         kind s
         metadata meta.v1.ObjectMeta ={}
         preemptionPolicy s enum=Never,PreemptLowerPriority
         value integer:int32 =0
        scheduling.v1.PriorityClassList o gvk=scheduling.k8s.io/v1/PriorityClassList
         apiVersion s
         items [scheduling.v1.PriorityClass] !0
         kind s
         metadata meta.v1.ListMeta ={}
        storage.v1.CSIDriver o gvk=storage.k8s.io/v1/CSIDriver
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec storage.v1.CSIDriverSpec !0 ={}
        storage.v1.CSIDriverList o gvk=storage.k8s.io/v1/CSIDriverList
         apiVersion s
         items [storage.v1.CSIDriver] !0
         kind s
         metadata meta.v1.ListMeta ={}
        storage.v1.CSIDriverSpec o
         attachRequired boolean
         fsGroupPolicy s
         nodeAllocatableUpdatePeriodSeconds integer:int64
         podInfoOnMount boolean
         preventPodSchedulingIfMissing boolean
         requiresRepublish boolean
         seLinuxMount boolean
         serviceAccountTokenInSecrets boolean
         storageCapacity boolean
         tokenRequests [storage.v1.TokenRequest] list=atomic
         volumeLifecycleModes [s] list=set
        storage.v1.CSINode o gvk=storage.k8s.io/v1/CSINode
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec storage.v1.CSINodeSpec !0 ={}
        storage.v1.CSINodeDriver o
         allocatable storage.v1.VolumeNodeResources
         name s !0 =
         nodeID s !1 =
         topologyKeys [s] list=atomic
        storage.v1.CSINodeList o gvk=storage.k8s.io/v1/CSINodeList
         apiVersion s
         items [storage.v1.CSINode] !0
         kind s
         metadata meta.v1.ListMeta ={}
        storage.v1.CSINodeSpec o
         drivers [storage.v1.CSINodeDriver] !0 list=map keys=name patch=merge merge=name
        storage.v1.CSIStorageCapacity o gvk=storage.k8s.io/v1/CSIStorageCapacity
         apiVersion s
         capacity api.resource.Quantity
         kind s
         maximumVolumeSize api.resource.Quantity
         metadata meta.v1.ObjectMeta ={}
         nodeTopology meta.v1.LabelSelector
         storageClassName s !0 =
        storage.v1.CSIStorageCapacityList o gvk=storage.k8s.io/v1/CSIStorageCapacityList
         apiVersion s
         items [storage.v1.CSIStorageCapacity] !0
         kind s
         metadata meta.v1.ListMeta ={}
        storage.v1.StorageClass o gvk=storage.k8s.io/v1/StorageClass
         allowVolumeExpansion boolean
         allowedTopologies [core.v1.TopologySelectorTerm] list=atomic
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         mountOptions [s] list=atomic
         parameters {s}
         provisioner s !0 =
         reclaimPolicy s enum=Delete,Recycle,Retain
         volumeBindingMode s enum=Immediate,WaitForFirstConsumer
        storage.v1.StorageClassList o gvk=storage.k8s.io/v1/StorageClassList
         apiVersion s
         items [storage.v1.StorageClass] !0
         kind s
         metadata meta.v1.ListMeta ={}
        storage.v1.TokenRequest o
         audience s !0 =
         expirationSeconds integer:int64
        storage.v1.VolumeAttachment o gvk=storage.k8s.io/v1/VolumeAttachment
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec storage.v1.VolumeAttachmentSpec !0 ={}
         status storage.v1.VolumeAttachmentStatus ={}
        storage.v1.VolumeAttachmentList o gvk=storage.k8s.io/v1/VolumeAttachmentList
         apiVersion s
         items [storage.v1.VolumeAttachment] !0
         kind s
         metadata meta.v1.ListMeta ={}
        storage.v1.VolumeAttachmentSource o
         inlineVolumeSpec core.v1.PersistentVolumeSpec
         persistentVolumeName s
        storage.v1.VolumeAttachmentSpec o
         attacher s !0 =
         nodeName s !2 =
         source storage.v1.VolumeAttachmentSource !1 ={}
        storage.v1.VolumeAttachmentStatus o
         attachError storage.v1.VolumeError
         attached boolean !0 =false
         attachmentMetadata {s}
         detachError storage.v1.VolumeError
        storage.v1.VolumeAttributesClass o gvk=storage.k8s.io/v1/VolumeAttributesClass
         apiVersion s
         driverName s !0 =
         kind s
         metadata meta.v1.ObjectMeta ={}
         parameters {s}
        storage.v1.VolumeAttributesClassList o gvk=storage.k8s.io/v1/VolumeAttributesClassList
         apiVersion s
         items [storage.v1.VolumeAttributesClass] !0
         kind s
         metadata meta.v1.ListMeta ={}
        storage.v1.VolumeError o
         errorCode integer:int32
         message s -
         time meta.v1.Time
        storage.v1.VolumeNodeResources o
         count integer:int32
        apiextensions.v1.CustomResourceColumnDefinition o
         description s -
         format s -
         jsonPath s !2 =
         name s !0 =
         priority integer:int32 -
         type s !1 =
        apiextensions.v1.CustomResourceConversion o
         strategy s !0 =
         webhook apiextensions.v1.WebhookConversion
        apiextensions.v1.CustomResourceDefinition o gvk=apiextensions.k8s.io/v1/CustomResourceDefinition
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec apiextensions.v1.CustomResourceDefinitionSpec !0 ={}
         status apiextensions.v1.CustomResourceDefinitionStatus ={}
        apiextensions.v1.CustomResourceDefinitionCondition o
         lastTransitionTime meta.v1.Time
         message s -
         observedGeneration integer:int64 -
         reason s -
         status s !1 =
         type s !0 =
        apiextensions.v1.CustomResourceDefinitionList o gvk=apiextensions.k8s.io/v1/CustomResourceDefinitionList
         apiVersion s
         items [apiextensions.v1.CustomResourceDefinition] !0
         kind s
         metadata meta.v1.ListMeta ={}
        apiextensions.v1.CustomResourceDefinitionNames o
         categories [s] list=atomic
         kind s !1 =
         listKind s -
         plural s !0 =
         shortNames [s] list=atomic
         singular s -
        apiextensions.v1.CustomResourceDefinitionSpec o
         conversion apiextensions.v1.CustomResourceConversion
         group s !0 =
         names apiextensions.v1.CustomResourceDefinitionNames !1 ={}
         preserveUnknownFields boolean -
         scope s !2 =
         versions [apiextensions.v1.CustomResourceDefinitionVersion] !3 list=atomic
        apiextensions.v1.CustomResourceDefinitionStatus o
         acceptedNames apiextensions.v1.CustomResourceDefinitionNames ={}
         conditions [apiextensions.v1.CustomResourceDefinitionCondition] list=map keys=type
         observedGeneration integer:int64 -
         storedVersions [s] list=atomic
        apiextensions.v1.CustomResourceDefinitionVersion o
         additionalPrinterColumns [apiextensions.v1.CustomResourceColumnDefinition] list=atomic
         deprecated boolean -
         deprecationWarning s
         name s !0 =
         schema apiextensions.v1.CustomResourceValidation
         selectableFields [apiextensions.v1.SelectableField] list=atomic
         served boolean !1 =false
         storage boolean !2 =false
         subresources apiextensions.v1.CustomResourceSubresources
        apiextensions.v1.CustomResourceSubresourceScale o
         labelSelectorPath s
         specReplicasPath s !0 =
         statusReplicasPath s !1 =
        apiextensions.v1.CustomResourceSubresourceStatus o
        apiextensions.v1.CustomResourceSubresources o
         scale apiextensions.v1.CustomResourceSubresourceScale
         status apiextensions.v1.CustomResourceSubresourceStatus
        apiextensions.v1.CustomResourceValidation o
         openAPIV3Schema apiextensions.v1.JSONSchemaProps
        apiextensions.v1.ExternalDocumentation o
         description s -
         url s -
        apiextensions.v1.JSON any
        apiextensions.v1.JSONSchemaProps o
         $ref s
         $schema s -
         additionalItems apiextensions.v1.JSONSchemaPropsOrBool
         additionalProperties apiextensions.v1.JSONSchemaPropsOrBool
         allOf [apiextensions.v1.JSONSchemaProps] list=atomic
         anyOf [apiextensions.v1.JSONSchemaProps] list=atomic
         default apiextensions.v1.JSON
         definitions {apiextensions.v1.JSONSchemaProps}
         dependencies {apiextensions.v1.JSONSchemaPropsOrStringArray}
         description s -
         enum [apiextensions.v1.JSON] list=atomic
         example apiextensions.v1.JSON
         exclusiveMaximum boolean -
         exclusiveMinimum boolean -
         externalDocs apiextensions.v1.ExternalDocumentation
         format s -
         id s -
         items apiextensions.v1.JSONSchemaPropsOrArray
         maxItems integer:int64
         maxLength integer:int64
         maxProperties integer:int64
         maximum number:double
         minItems integer:int64
         minLength integer:int64
         minProperties integer:int64
         minimum number:double
         multipleOf number:double
         not apiextensions.v1.JSONSchemaProps
         nullable boolean -
         oneOf [apiextensions.v1.JSONSchemaProps] list=atomic
         pattern s -
         patternProperties {apiextensions.v1.JSONSchemaProps}
         properties {apiextensions.v1.JSONSchemaProps}
         required [s] list=atomic
         title s -
         type s -
         uniqueItems boolean -
         x-kubernetes-embedded-resource boolean -
         x-kubernetes-int-or-string boolean -
         x-kubernetes-list-map-keys [s] list=atomic
         x-kubernetes-list-type s
         x-kubernetes-map-type s
         x-kubernetes-preserve-unknown-fields boolean
         x-kubernetes-validations [apiextensions.v1.ValidationRule] list=map keys=rule patch=merge merge=rule
        apiextensions.v1.JSONSchemaPropsOrArray any
        apiextensions.v1.JSONSchemaPropsOrBool any
        apiextensions.v1.JSONSchemaPropsOrStringArray any
        apiextensions.v1.SelectableField o
         jsonPath s !0 =
        apiextensions.v1.ServiceReference o
         name s !1 =
         namespace s !0 =
         path s
         port integer:int32
        apiextensions.v1.ValidationRule o
         fieldPath s -
         message s -
         messageExpression s -
         optionalOldSelf boolean
         reason s enum=FieldValueDuplicate,FieldValueForbidden,FieldValueInvalid,FieldValueRequired
         rule s !0 =
        apiextensions.v1.WebhookClientConfig o
         caBundle s:byte
         service apiextensions.v1.ServiceReference
         url s
        apiextensions.v1.WebhookConversion o
         clientConfig apiextensions.v1.WebhookClientConfig
         conversionReviewVersions [s] !0 list=atomic
        api.resource.Quantity quantity
        meta.v1.APIResource o
         categories [s] list=atomic
         group s -
         kind s !3 =
         name s !0 =
         namespaced boolean !2 =false
         shortNames [s] list=atomic
         singularName s !1 =
         storageVersionHash s -
         verbs [s] !4
         version s -
        meta.v1.APIResourceList o gvk=/v1/APIResourceList
         apiVersion s
         groupVersion s !0 =
         kind s
         resources [meta.v1.APIResource] !1 list=atomic
        meta.v1.Condition o
         lastTransitionTime meta.v1.Time !2
         message s !4 =
         observedGeneration integer:int64 -
         reason s !3 =
         status s !1 =
         type s !0 =
        meta.v1.DeleteOptions o gvk=/v1/DeleteOptions gvk=certificates.k8s.io/v1/DeleteOptions
         apiVersion s
         dryRun [s] list=atomic
         gracePeriodSeconds integer:int64
         ignoreStoreReadErrorWithClusterBreakingPotential boolean
         kind s
         orphanDependents boolean
         preconditions meta.v1.Preconditions
         propagationPolicy s
        meta.v1.FieldSelectorRequirement o
         key s !0 =
         operator s !1 =
         values [s] list=atomic
        meta.v1.FieldsV1 o
        meta.v1.LabelSelector o map=atomic
         matchExpressions [meta.v1.LabelSelectorRequirement] list=atomic
         matchLabels {s}
        meta.v1.LabelSelectorRequirement o
         key s !0 =
         operator s !1 =
         values [s] list=atomic
        meta.v1.ListMeta o
         continue s -
         remainingItemCount integer:int64
         resourceVersion s -
         selfLink s -
         shardInfo meta.v1.ShardInfo
        meta.v1.ManagedFieldsEntry o
         apiVersion s -
         fieldsType s -
         fieldsV1 meta.v1.FieldsV1
         manager s -
         operation s -
         subresource s -
         time meta.v1.Time
        meta.v1.MicroTime s:date-time
        meta.v1.ObjectMeta o
         annotations {s}
         creationTimestamp meta.v1.Time
         deletionGracePeriodSeconds integer:int64
         deletionTimestamp meta.v1.Time
         finalizers [s] list=set patch=merge
         generateName s -
         generation integer:int64 -
         labels {s}
         managedFields [meta.v1.ManagedFieldsEntry] list=atomic
         name s -
         namespace s -
         ownerReferences [meta.v1.OwnerReference] list=map keys=uid patch=merge merge=uid
         resourceVersion s -
         selfLink s -
         uid s -
        meta.v1.OwnerReference o map=atomic
         apiVersion s !0 =
         blockOwnerDeletion boolean
         controller boolean
         kind s !1 =
         name s !2 =
         uid s !3 =
        meta.v1.Patch o
        meta.v1.Preconditions o
         resourceVersion s
         uid s
        meta.v1.ShardInfo o
         selector s !0 =
        meta.v1.Status o gvk=/v1/Status
         apiVersion s
         code integer:int32 -
         details meta.v1.StatusDetails
         kind s
         message s -
         metadata meta.v1.ListMeta ={}
         reason s -
         status s -
        meta.v1.StatusCause o
         field s -
         message s -
         reason s -
        meta.v1.StatusDetails o
         causes [meta.v1.StatusCause] list=atomic
         group s -
         kind s -
         name s -
         retryAfterSeconds integer:int32 -
         uid s -
        meta.v1.Time s:date-time
        meta.v1.WatchEvent o gvk=/v1/WatchEvent gvk=certificates.k8s.io/v1/WatchEvent
         object runtime.RawExtension !1
         type s !0 =
        runtime.RawExtension o
        util.intstr.IntOrString int-or-string
        apiregistration.v1.APIService o gvk=apiregistration.k8s.io/v1/APIService
         apiVersion s
         kind s
         metadata meta.v1.ObjectMeta ={}
         spec apiregistration.v1.APIServiceSpec ={}
         status apiregistration.v1.APIServiceStatus ={}
        apiregistration.v1.APIServiceCondition o
         lastTransitionTime meta.v1.Time
         message s
         reason s
         status s !1 =
         type s !0 =
        apiregistration.v1.APIServiceList o gvk=apiregistration.k8s.io/v1/APIServiceList
         apiVersion s
         items [apiregistration.v1.APIService] !0
         kind s
         metadata meta.v1.ListMeta ={}
        apiregistration.v1.APIServiceSpec o
         caBundle s:byte list=atomic
         group s
         groupPriorityMinimum integer:int32 !0 =0
         insecureSkipTLSVerify boolean
         service apiregistration.v1.ServiceReference
         version s
         versionPriority integer:int32 !1 =0
        apiregistration.v1.APIServiceStatus o
         conditions [apiregistration.v1.APIServiceCondition] list=map keys=type patch=merge merge=type
        apiregistration.v1.ServiceReference o
         name s
         namespace s
         port integer:int32
        """#
}
