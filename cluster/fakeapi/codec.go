package fakeapi

import (
	"net/http"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
)

// codec writes objects as the client wants them.
type codec struct {
	scheme  *runtime.Scheme
	factory serializer.CodecFactory
}

func newCodec() *codec {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, metav1.AddMetaToScheme,
	} {
		if err := add(scheme); err != nil {
			panic(err) // two groups that claim one kind
		}
	}
	return &codec{scheme: scheme, factory: serializer.NewCodecFactory(scheme)}
}

// answer writes an object in the encoding that the client likes best. A client that asks for the metadata of a list gets
// that, which is the only transformation known here; errors are not transformed.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, code int, o runtime.Object) {
	accept, _, _ := strings.Cut(r.Header.Get("Accept"), ",")
	mediaType, params, _ := strings.Cut(accept, ";")
	if strings.Contains(params, "as=PartialObjectMetadataList") && code == http.StatusOK {
		o = metadataList(o)
	}
	info, ok := runtime.SerializerInfoForMediaType(s.codec.factory.SupportedMediaTypes(), mediaType)
	if !ok {
		info, _ = runtime.SerializerInfoForMediaType(s.codec.factory.SupportedMediaTypes(), runtime.ContentTypeJSON)
	}
	gvks, _, err := s.codec.scheme.ObjectKinds(o)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	o = o.DeepCopyObject()
	o.GetObjectKind().SetGroupVersionKind(gvks[0])
	w.Header().Set("Content-Type", info.MediaType)
	w.WriteHeader(code)
	_ = info.Serializer.Encode(o, w) // the client has gone away; nobody is left to tell
}

func (s *Server) answerStatus(w http.ResponseWriter, r *http.Request, status metav1.Status) {
	status.Status = metav1.StatusFailure
	s.answer(w, r, int(status.Code), &status)
}

func metadataOf(o runtime.Object) *metav1.PartialObjectMetadata {
	m := metaOf(o)
	return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
		Name: m.GetName(), Namespace: m.GetNamespace(), UID: m.GetUID(), Labels: m.GetLabels(),
		Annotations: m.GetAnnotations(), OwnerReferences: m.GetOwnerReferences(), CreationTimestamp: m.GetCreationTimestamp(),
	}}
}

func metadataList(o runtime.Object) runtime.Object {
	list := &metav1.PartialObjectMetadataList{}
	if from, ok := o.(metav1.ListInterface); ok {
		list.Continue, list.ResourceVersion = from.GetContinue(), from.GetResourceVersion()
	}
	_ = meta.EachListItem(o, func(item runtime.Object) error {
		partial := metadataOf(item)
		partial.SetGroupVersionKind(schema.GroupVersionKind{Group: "meta.k8s.io", Version: "v1", Kind: "PartialObjectMetadata"})
		list.Items = append(list.Items, *partial)
		return nil
	})
	return list
}
