package evidence

import "math"

// significant is the probability under which chance counts as an unlikely explanation.
const significant = 0.05

// rounding is what equal probabilities may differ by in floating point.
const rounding = 1e-9

// unlikelyChance says whether chance would rarely heap the crashing replicas in one group as they are in the first of
// these. It is Fisher's exact test, one-sided: given how many replicas crash, which of them do is drawn at random, and
// the number that falls into a group is hypergeometric. The suspect was picked because it stands out, and any group
// could have; so the probabilities that some group stands out as much are added up. A single crash is never significant:
// it has to be somewhere.
func unlikelyChance(groups []Group) bool {
	all, crashing := 0, 0
	for _, g := range groups {
		all += g.Crashing + g.Healthy
		crashing += g.Crashing
	}
	if crashing < 2 || crashing == all {
		return false
	}
	suspect := tail(all, crashing, groups[0].Crashing+groups[0].Healthy, groups[0].Crashing)
	total := 0.0
	for _, g := range groups {
		total += mostExtreme(all, crashing, g.Crashing+g.Healthy, suspect)
	}
	return total < significant-rounding
}

// mostExtreme is the probability that a group of the given size stands out at least as much as a suspect whose own tail
// probability is given.
func mostExtreme(all, crashing, size int, suspect float64) float64 {
	for hits := 1; hits <= min(size, crashing); hits++ {
		if p := tail(all, crashing, size, hits); p <= suspect*(1+rounding) {
			return p
		}
	}
	return 0
}

// tail is the probability that at least hits of a group of the given size crash when crashing of all do.
func tail(all, crashing, size, hits int) float64 {
	sum := 0.0
	for h := hits; h <= min(size, crashing); h++ {
		if crashing-h <= all-size {
			sum += math.Exp(logChoose(size, h) + logChoose(all-size, crashing-h) - logChoose(all, crashing))
		}
	}
	return sum
}

// logChoose is the logarithm of n over k.
func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
