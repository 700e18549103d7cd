#include "mof/instance_queue.h"

#include <fmt/format.h>

#include <utility>

namespace wmi::mof {

// Every alias in the values, also of embedded instances; once each.
std::vector<InstanceQueue::Mention> InstanceQueue::MentionsOf(const InstanceSyntax& syntax) {
  std::vector<Mention> mentions;
  std::vector<const InstanceSyntax*> left = {&syntax};
  const auto visit = [&](const Literal& literal) {
    if (literal.kind == Literal::Kind::kAlias) mentions.push_back({literal.text, literal.offset});
    if (literal.kind == Literal::Kind::kInstance) left.push_back(literal.instance.get());
  };
  while (!left.empty()) {
    const InstanceSyntax& instance = *left.back();
    left.pop_back();
    for (const AssignmentSyntax& assignment : instance.assignments) {
      visit(assignment.value);
      for (const Literal& item : assignment.value.items) visit(item);
    }
  }
  return mentions;
}

InstanceQueue::Alias& InstanceQueue::Ensure(std::string_view alias) {
  const auto found = aliases_.find(alias);
  return found != aliases_.end() ? found->second : aliases_[std::string(alias)];
}

const AliasPath* InstanceQueue::Find(std::string_view alias) const {
  const auto found = aliases_.find(alias);
  return found == aliases_.end() || found->second.state != State::kKnown ? nullptr : &found->second.path;
}

void InstanceQueue::Add(QueuedInstance instance) {
  const std::string alias(instance.syntax.alias);
  if (!alias.empty()) {
    Alias& own = Ensure(alias);
    if (own.state != State::kMentioned) {
      complain_(instance, code::kMofMultipleAliases, instance.syntax.alias_offset,
                fmt::format("the alias ${} stands for another instance already; use another name", alias));
      return;
    }
    own.state = State::kWaiting;
  }
  Waiting entry;
  for (const Mention& mention : MentionsOf(instance.syntax)) {
    const State state = Ensure(mention.alias).state;
    if (state == State::kBroken) return Settle(alias, std::nullopt);
    if (state != State::kKnown) entry.missing.push_back(mention);
  }
  if (entry.missing.empty()) return Settle(alias, put_(instance));
  const std::size_t index = waiting_.size();
  for (const Mention& mention : entry.missing) Ensure(mention.alias).waiting.push_back(index);
  entry.unsettled = entry.missing.size();
  entry.instance = std::move(instance);
  if (!alias.empty()) definers_[alias] = index;
  waiting_.push_back(std::move(entry));
}

void InstanceQueue::AddBroken(std::string_view alias) {
  if (!alias.empty() && Ensure(alias).state == State::kMentioned) Settle(alias, std::nullopt);
}

// Goes on to whoever waited for it, and so on.
void InstanceQueue::Settle(std::string_view alias, std::optional<AliasPath> path) {
  std::vector<std::pair<std::string, std::optional<AliasPath>>> settled;
  settled.emplace_back(alias, std::move(path));
  while (!settled.empty()) {
    auto [name, result] = std::move(settled.back());
    settled.pop_back();
    if (name.empty()) continue;
    Alias& entry = Ensure(name);
    entry.state = result ? State::kKnown : State::kBroken;
    if (result) entry.path = *result;
    const std::vector<std::size_t> waiting = std::exchange(entry.waiting, {});
    for (const std::size_t index : waiting) {
      if (waiting_[index].is_done) continue;
      if (result && --waiting_[index].unsettled != 0) continue;
      waiting_[index].is_done = true;
      const QueuedInstance instance = std::move(waiting_[index].instance);
      settled.emplace_back(instance.syntax.alias, result ? put_(instance) : std::nullopt);
    }
  }
}

const InstanceQueue::Mention* InstanceQueue::FirstInState(const Waiting& waiting, State state) const {
  for (const Mention& mention : waiting.missing) {
    if (aliases_.find(mention.alias)->second.state == state) return &mention;
  }
  return nullptr;
}

// Every instance that waits from here on waits for one that waits too, so this comes back to one it has seen.
std::size_t InstanceQueue::FindCircle(std::size_t start) const {
  std::vector<bool> is_seen(waiting_.size());
  std::size_t index = start;
  while (!is_seen[index]) {
    is_seen[index] = true;
    const Mention* mention = FirstInState(waiting_[index], State::kWaiting);
    index = definers_.find(mention->alias)->second;
  }
  return index;
}

void InstanceQueue::Finish() {
  const auto give_up = [&](std::size_t index, const Mention& mention, std::string message) {
    waiting_[index].is_done = true;
    const QueuedInstance instance = std::move(waiting_[index].instance);
    complain_(instance, code::kMofUnexpectedAlias, mention.offset, std::move(message));
    Settle(instance.syntax.alias, std::nullopt);
  };
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    if (waiting_[i].is_done) continue;
    const Mention* unknown = FirstInState(waiting_[i], State::kMentioned);
    if (unknown == nullptr) continue;
    give_up(
        i, *unknown,
        fmt::format("no instance has the alias ${}; write 'as ${}' behind its class", unknown->alias, unknown->alias));
  }
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    while (!waiting_[i].is_done) {
      const std::size_t index = FindCircle(i);
      const Mention* mention = FirstInState(waiting_[index], State::kWaiting);
      give_up(index, *mention,
              fmt::format("the instance refers through ${} to itself; write a path as a string "
                          "somewhere in the circle",
                          mention->alias));
    }
  }
}

}  // namespace wmi::mof
