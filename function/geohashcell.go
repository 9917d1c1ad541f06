package function

import "strings"

// geohashLetters are the digits of a geohash, five bits each.
const geohashLetters = "0123456789bcdefghjkmnpqrstuvwxyz"

// maxGeohash is how many letters a geohash has at most: more than a float could tell apart.
const maxGeohash = 12

// geohashOf gives the geohash of a place in degrees. Its bits halve the ranges of longitude and latitude in turn.
func geohashOf(lat, lon float64, letters int) string {
	low, high := [2]float64{-180, -90}, [2]float64{180, 90}
	place := [2]float64{lon, lat}
	var out strings.Builder
	axis := 0
	for range letters {
		letter := 0
		for range 5 {
			middle := (low[axis] + high[axis]) / 2
			letter <<= 1
			if place[axis] >= middle {
				letter |= 1
				low[axis] = middle
			} else {
				high[axis] = middle
			}
			axis = 1 - axis
		}
		out.WriteByte(geohashLetters[letter])
	}
	return out.String()
}

// geohashCentre gives the middle of the cell of a geohash.
func geohashCentre(cell string) (lat, lon float64) {
	low, high := [2]float64{-180, -90}, [2]float64{180, 90}
	axis := 0
	for i := range len(cell) {
		letter := strings.IndexByte(geohashLetters, cell[i])
		for bit := 4; bit >= 0; bit-- {
			middle := (low[axis] + high[axis]) / 2
			if letter>>bit&1 == 1 {
				low[axis] = middle
			} else {
				high[axis] = middle
			}
			axis = 1 - axis
		}
	}
	return (low[1] + high[1]) / 2, (low[0] + high[0]) / 2
}
