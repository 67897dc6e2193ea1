// Package pods stops what runs on the embedded cluster's node when its kubelet is gone: the
// kubelet leaves its pods running when it ends, and containerd does too.
package pods

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	runtime "k8s.io/cri-api/pkg/apis/runtime/v1"
	cri "k8s.io/cri-client/pkg"
)

// What a database gets to write its last pages, and how long a call to the runtime may take.
const (
	grace   = 20 * time.Second
	timeout = 60 * time.Second
)

// stop ends every container, then removes every pod's network, mounts and record. The pods stay
// in the API, so the kubelet starts them again when it is back.
func stop(ctx context.Context, endpoint string) error {
	service, err := cri.NewRemoteRuntimeService(ctx, endpoint, timeout, nil, false)
	if err != nil {
		return err
	}
	containers, err := service.ListContainers(ctx, &runtime.ContainerFilter{
		State: &runtime.ContainerStateValue{State: runtime.ContainerState_CONTAINER_RUNNING},
	})
	if err != nil {
		return err
	}
	err = each(containers, func(c *runtime.Container) error {
		return service.StopContainer(ctx, c.Id, int64(grace.Seconds()))
	})
	if err != nil {
		return err
	}
	sandboxes, err := service.ListPodSandbox(ctx, nil)
	if err != nil {
		return err
	}
	return each(sandboxes, func(s *runtime.PodSandbox) error {
		if err := service.StopPodSandbox(ctx, s.Id); err != nil {
			return err
		}
		return service.RemovePodSandbox(ctx, s.Id)
	})
}

// each calls do for all items at once and gives back the first error.
func each[T any](items []T, do func(T) error) error {
	var wait sync.WaitGroup
	errs := make(chan error, len(items))
	for _, item := range items {
		wait.Go(func() {
			if err := do(item); err != nil {
				errs <- err
			}
		})
	}
	wait.Wait()
	close(errs)
	return <-errs
}

// Main is the program stop-pods ENDPOINT.
func Main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: stop-pods unix:///SOCKET")
		os.Exit(2)
	}
	if err := stop(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "stop-pods:", err)
		os.Exit(1)
	}
}
