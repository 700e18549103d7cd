// The normal form of a query: one text for each meaning that the syntax alone can tell.
#pragma once

#include <string>

#include "wql/syntax.h"

namespace wmi::wql {

// Any statement that Parse gave, printed so:
//   keywords in capitals, names and object paths as written, one blank between words, a comma and a blank in lists;
//   the property on the left, <> for both spellings of it, IS [NOT] NULL for a comparison with NULL;
//   parentheses only where the precedence of NOT, AND, OR asks for them: (a AND b) AND c is a AND b AND c;
//   texts in double quotes with \\ and \" escaped; integers in decimal; reals with a point or an exponent and no more
//   digits than it takes to read the same number; TRUE, FALSE;
//   the words of ASSOCIATORS OF and REFERENCES OF in the order of the alphabet, as the documentation spells them.
// NOT stays where it was written, and terms keep their order.
//
// Parsing the result gives a query that means the same and prints the same. It may be longer than the query was, and so
// be refused where that was close to limits::kQueryLengthMax. Safe from several threads.
std::string Print(const SyntaxTree& tree);

// The shortest text of a finite number that reads back as the same one; it stays a real, as an integer suits other
// types.
std::string RealText(double value);

}  // namespace wmi::wql
