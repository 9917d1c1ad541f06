package diag

import (
	"strings"
	"unicode/utf8"
)

// prefixRunes is how much of a name must be typed before its beginning alone
// says which name was meant.
const prefixRunes = 3

// Suggest gives the candidate that was likely meant by a misspelt word, for a
// "did you mean", or "" when none is near. Letter case does not count. A typo
// is a letter too many, too few, wrong, or swapped with its neighbour, and about
// a third of the word may be typos. A candidate that the word is the beginning
// of is near at any length, and preferred to one with a typo. Among equals the
// first candidate wins.
func Suggest(word string, candidates []string) string {
	low := strings.ToLower(word)
	w := []rune(low)
	limit := (len(w) + 1) / 3
	best, bestRank, bestDist := "", limit+1, 0
	for _, c := range candidates {
		if c == word || c == "" {
			continue
		}
		lowC := strings.ToLower(c)
		var rank, dist int
		switch {
		case lowC == low:
			return c
		case len(w) >= prefixRunes && strings.HasPrefix(lowC, low):
			rank, dist = 0, utf8.RuneCountInString(lowC)-len(w)
		default:
			dist = distance(w, []rune(lowC), limit)
			rank = dist
		}
		if rank < bestRank || rank == bestRank && rank <= limit && dist < bestDist {
			best, bestRank, bestDist = c, rank, dist
		}
	}
	return best
}

// distance is the number of typos between two words (optimal string alignment),
// or limit+1 when there are more than limit.
func distance(a, b []rune, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	two, one, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := one[j-1]
			if a[i-1] != b[j-1] {
				wrong++
			}
			row[j] = min(one[j]+1, row[j-1]+1, wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one, row = one, row, two
	}
	return min(one[len(b)], limit+1)
}
