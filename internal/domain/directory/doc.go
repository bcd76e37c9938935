// Package directory finds people among many: the list of an organization's
// users with filters, order, search, counts and pages, and its export.
//
// It only reads; what may be done to one user belongs to package
// administration. Three things keep a view as fast among a million as among a
// thousand:
//
//   - Counts are kept by triggers (user_counts), for each role, status and
//     second factor. The number for any filter is the sum of few rows.
//   - A page begins where a cursor says, never at a number of rows to skip. A
//     filter asks for groups, each of which is a range of one index; a page
//     merges the heads of these ranges.
//   - A search looks at the text in two ways. What matches often is met soon by
//     walking the list in its order; what matches rarely comes from the index of
//     three-character parts. The number of matches, counted to a limit, decides.
//
// The schema and its triggers are in platform/db/migrations/00002_directory_*.sql.
package directory
