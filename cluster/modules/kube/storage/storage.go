// Package storage is the embedded cluster's volume provisioner: a directory on this machine for
// each PersistentVolumeClaim, gone again with the claim.
//
// Rancher's local-path-provisioner, which k3s has, does the same by starting a helper pod for each
// volume, since it must reach any of many nodes; that costs a store's start 3 to 4 seconds. This
// cluster is one node and the provisioner runs beside its kubelet, so it makes the directory itself.
package storage

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

type provisioner struct {
	root string // every volume is one directory directly under it
	node string
}

// Provision makes the directory world-writable, as local-path-provisioner does: the pods are not
// root, and the kubelet applies no fsGroup to a hostPath. Others on the machine are kept out by
// the mode of the root directory.
func (p *provisioner) Provision(_ context.Context, options controller.ProvisionOptions) (
	*v1.PersistentVolume, controller.ProvisioningState, error) {
	claim := options.PVC
	for _, mode := range claim.Spec.AccessModes {
		if mode == v1.ReadOnlyMany {
			return nil, controller.ProvisioningFinished, errors.New("access mode ReadOnlyMany: an empty volume cannot be read-only")
		}
	}
	if claim.Spec.Selector != nil {
		return nil, controller.ProvisioningFinished, errors.New("claim selectors are not supported")
	}

	path := filepath.Join(p.root, fmt.Sprintf("%s_%s_%s", options.PVName, claim.Namespace, claim.Name))
	if err := os.Mkdir(path, 0o777); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, controller.ProvisioningFinished, err
	}
	if err := os.Chmod(path, 0o777); err != nil { // Mkdir's mode is cut by the umask
		return nil, controller.ProvisioningFinished, err
	}

	// Directory, not DirectoryOrCreate: a volume that was lost must not come back empty and silent.
	must := v1.HostPathDirectory
	return &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: options.PVName},
		Spec: v1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			AccessModes:                   claim.Spec.AccessModes,
			VolumeMode:                    claim.Spec.VolumeMode,
			Capacity: v1.ResourceList{
				v1.ResourceStorage: claim.Spec.Resources.Requests[v1.ResourceStorage],
			},
			PersistentVolumeSource: v1.PersistentVolumeSource{
				HostPath: &v1.HostPathVolumeSource{Path: path, Type: &must},
			},
			NodeAffinity: &v1.VolumeNodeAffinity{Required: &v1.NodeSelector{
				NodeSelectorTerms: []v1.NodeSelectorTerm{{
					MatchExpressions: []v1.NodeSelectorRequirement{{
						Key:      v1.LabelHostname,
						Operator: v1.NodeSelectorOpIn,
						Values:   []string{p.node},
					}},
				}},
			}},
		},
	}, controller.ProvisioningFinished, nil
}

// Delete removes what Provision made, and refuses any path Provision cannot have made: a
// PersistentVolume is an object that others may write.
func (p *provisioner) Delete(_ context.Context, volume *v1.PersistentVolume) error {
	source := volume.Spec.HostPath
	if source == nil || filepath.Clean(source.Path) != source.Path || filepath.Dir(source.Path) != p.root {
		return fmt.Errorf("volume %s is not a directory in %s", volume.Name, p.root)
	}
	return os.RemoveAll(source.Path)
}

// Main is the program storage-provisioner.
func Main() {
	flags := flag.NewFlagSet("storage-provisioner", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "how to reach the API server")
	name := flags.String("provisioner", "", "the `provisioner` of the StorageClass to serve")
	node := flags.String("node", "", "name of this node")
	root := flags.String("root", "", "directory that holds the volumes")
	_ = flags.Parse(os.Args[1:]) // ExitOnError
	if *kubeconfig == "" || *name == "" || *node == "" || !filepath.IsAbs(*root) {
		fmt.Fprintln(os.Stderr, "storage-provisioner: --kubeconfig, --provisioner, --node and an absolute --root are needed")
		os.Exit(2)
	}

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		klog.Fatal(err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		klog.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	controller.NewProvisionController(ctx, client, *name,
		&provisioner{root: filepath.Clean(*root), node: *node},
		controller.LeaderElection(false), // one node, one provisioner
	).Run(ctx)
}
