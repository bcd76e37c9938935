// Package paging owns where a page of a long list lies and how to get from it to
// others. A page begins where a cursor says, never at a number of rows to skip,
// so that the last page of a million is as near as the first; and whoever came or
// went meanwhile moves nobody else.
//
// It knows neither what is listed nor how it is read: whoever owns the list reads
// marks of it in one direction or the other.
package paging
