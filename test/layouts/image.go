package main

import corev1 "k8s.io/api/core/v1"

func image(containers []corev1.Container, name string) string {
	for _, c := range containers {
		if c.Name == name {
			return c.Image
		}
	}
	return ""
}
