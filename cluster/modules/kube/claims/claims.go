// Package claims is a plugin of the scheduler: a pod is bound to its node when its claims say that they are Bound.
//
// The scheduler goes by a claim's volumeName; the kubelet goes by the claim's phase, which the controller writes a
// moment later. A kubelet that comes in between reports "PVC is not bound", and starts the pod over 10 to 15 s later.
package claims

import (
	"context"
	"fmt"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/kube-scheduler/framework"
)

// Name is the plugin's, in the scheduler's configuration.
const Name = "ClaimsBound"

const (
	every    = 5 * time.Millisecond
	patience = 5 * time.Second // then the pod is queued again
)

type plugin struct {
	claims listers.PersistentVolumeClaimLister
}

// New is the factory that the scheduler calls.
func New(_ context.Context, _ runtime.Object, handle framework.Handle) (framework.Plugin, error) {
	return &plugin{handle.SharedInformerFactory().Core().V1().PersistentVolumeClaims().Lister()}, nil
}

func (p *plugin) Name() string { return Name }

func claimsOf(pod *v1.Pod) []string {
	var names []string
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim != nil {
			names = append(names, volume.PersistentVolumeClaim.ClaimName)
		}
	}
	return names
}

func (p *plugin) PreBindPreFlight(_ context.Context, _ framework.CycleState, pod *v1.Pod, _ string) (
	*framework.PreBindPreFlightResult, *framework.Status) {
	if len(claimsOf(pod)) == 0 {
		return nil, framework.NewStatus(framework.Skip)
	}
	return nil, nil
}

func (p *plugin) PreBind(ctx context.Context, _ framework.CycleState, pod *v1.Pod, _ string) *framework.Status {
	waiting := ""
	err := wait.PollUntilContextTimeout(ctx, every, patience, true, func(context.Context) (bool, error) {
		for _, name := range claimsOf(pod) {
			claim, err := p.claims.PersistentVolumeClaims(pod.Namespace).Get(name)
			if err != nil || claim.Status.Phase != v1.ClaimBound {
				waiting = name
				return false, err
			}
		}
		return true, nil
	})
	if err != nil {
		return framework.AsStatus(fmt.Errorf("waiting for the claim %s to be Bound: %w", waiting, err))
	}
	return nil
}
