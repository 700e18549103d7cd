// The classes and rows of world.mof, or of another text, in an engine, served in one of several ways.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/session.h"

namespace wmi::wql::testing {

enum class Served {
  kStored,                // by the repository
  kStoredWithoutIndexes,  // the same without a property that is indexed
  kProvided,              // by a provider that makes use of everything that it can be told
  kProvidedWhole,         // by one that declares nothing: it gives all that its class has
};
inline constexpr Served kAllServed[] = {Served::kStored, Served::kStoredWithoutIndexes, Served::kProvided,
                                        Served::kProvidedWhole};
std::string Name(Served served);

struct Answer {
  Status outcome;
  std::vector<cim::Object> rows;
};

class ServedWorld {
 public:
  explicit ServedWorld(Served served);
  // The same with other classes and rows than those of world.mof.
  ServedWorld(Served served, const std::string& mof);

  const engine::SessionPtr& session() const { return session_; }
  // As a call does it: through an operation.
  Answer Query(const std::string& text);
  // A row at a time.
  Answer QueryRowByRow(const std::string& text) const;

 private:
  void Provide();

  const Served served_;
  std::unique_ptr<ServedWorld> stored_;  // what a provider gives
  engine::Engine engine_{engine::Engine::Options()};
  engine::SessionPtr session_;
};

}  // namespace wmi::wql::testing
