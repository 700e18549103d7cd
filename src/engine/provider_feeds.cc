#include "engine/provider_feeds.h"

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include "engine/engine.h"
#include "exec/scheduler.h"
#include "exec/task.h"

namespace wmi::engine {

// One mutex guards all; it is never held while the provider or a receiver is called. What is to be done stands in the
// members; one thread of the pool at a time does it, in Run, until nothing is left.
class ProviderFeeds::Feed final : public std::enable_shared_from_this<Feed> {
 public:
  struct Member {
    std::uint32_t id = 0;
    // Until the member leaves.
    std::optional<Audience> audience;
    std::unique_ptr<EventOutlet::Entry> entry;
    enum class State { kNew, kBegun, kFailed } state = State::kNew;
    bool is_known = false;  // to the provider, which is told when it leaves
    bool is_leaving = false;
  };

  Feed(std::shared_ptr<EventProvider> provider, exec::Scheduler& pool, exec::Lane lane, std::string name_space)
      : provider_(std::move(provider)), pool_(pool), lane_(lane), name_space_(std::move(name_space)) {}

  std::shared_ptr<Member> Join(std::uint32_t id, Audience audience) {
    pool_.Prepare();  // for Leave, which does without memory
    auto member = std::make_shared<Member>();
    member->id = id;
    member->audience = std::move(audience);
    MutexLock lock(mutex_);
    members_.push_back(member);
    Schedule();
    return member;
  }

  // What is fired from now on does not arrive, however long the provider takes to hear of it.
  void Leave(Member& member) noexcept {
    std::unique_ptr<EventOutlet::Entry> entry;
    std::optional<Audience> audience;
    MutexLock lock(mutex_);
    member.is_leaving = true;
    entry = std::move(member.entry);
    audience.swap(member.audience);
    Schedule();
    lock.Unlock();
  }

  void Run() {
    MutexLock lock(mutex_);
    for (;;) {
      if (std::shared_ptr<Member> left = TakeLeaving()) {
        lock.Unlock();
        if (left->is_known) provider_->End(left->id);
        left.reset();
        lock.Lock();
      } else if (std::shared_ptr<Member> next = FindNew()) {
        next->state = Member::State::kBegun;
        if (!outlet_) outlet_ = std::make_shared<EventOutlet>(name_space_);
        const std::shared_ptr<EventOutlet> outlet = outlet_;
        lock.Unlock();
        Begin(next, outlet);
        next.reset();
        lock.Lock();
      } else if (outlet_ && !IsWanted()) {
        const std::shared_ptr<EventOutlet> outlet = std::move(outlet_);
        outlet_ = nullptr;
        lock.Unlock();
        outlet->Close();
        provider_->Stop();
        lock.Lock();
      } else {
        is_scheduled_ = false;
        return;
      }
    }
  }
  std::string Description() const { return "event provider " + provider_->name(); }

 private:
  // With the slot and a thread that is there, posting needs no memory.
  void Schedule() noexcept WMI_REQUIRES(mutex_) {
    if (is_scheduled_) return;
    is_scheduled_ = true;
    pool_.Post(lane_, exec::Task::Of<&Feed::Run>(shared_from_this()), &slot_);
  }

  std::shared_ptr<Member> TakeLeaving() WMI_REQUIRES(mutex_) {
    const auto found = std::find_if(members_.begin(), members_.end(), [](const auto& m) { return m->is_leaving; });
    if (found == members_.end()) return nullptr;
    std::shared_ptr<Member> taken = std::move(*found);
    members_.erase(found);
    return taken;
  }
  std::shared_ptr<Member> FindNew() const WMI_REQUIRES(mutex_) {
    const auto found =
        std::find_if(members_.begin(), members_.end(), [](const auto& m) { return m->state == Member::State::kNew; });
    return found == members_.end() ? nullptr : *found;
  }
  bool IsWanted() const WMI_REQUIRES(mutex_) {
    return std::any_of(members_.begin(), members_.end(),
                       [](const auto& m) { return m->state != Member::State::kFailed; });
  }

  void Begin(const std::shared_ptr<Member>& member, const std::shared_ptr<EventOutlet>& outlet) {
    std::optional<Audience> audience;
    Status status;
    try {
      {
        MutexLock lock(mutex_);
        audience = member->audience;
      }
      if (!audience) return;  // it has left
      status = TryBegin(*member, *audience, outlet);
    } catch (const std::bad_alloc&) {
      status = Status(code::kOutOfMemory);
    }
    if (status.ok()) return;
    std::unique_ptr<EventOutlet::Entry> entry;
    bool is_known = false;
    {
      MutexLock lock(mutex_);
      member->state = Member::State::kFailed;
      entry = std::move(member->entry);
      is_known = std::exchange(member->is_known, false);
    }
    entry.reset();
    if (is_known) provider_->End(member->id);
    if (audience) audience->on_failure(status);
  }

  // The member listens before the provider is told, so that not even the first event is missed.
  Status TryBegin(Member& member, const Audience& audience, const std::shared_ptr<EventOutlet>& outlet) {
    const EventInquiry inquiry{audience.session, member.id, audience.query, audience.creator_sid};
    const Admission admission = TRY(provider_->Admit(inquiry));
    std::unique_ptr<EventOutlet::Entry> entry =
        outlet->Add(audience.receiver, admission, audience.shape, audience.classes);
    {
      MutexLock lock(mutex_);
      if (!member.is_leaving) {
        member.entry = std::move(entry);
        member.is_known = true;
      }
    }
    if (entry) return Status();  // it has left meanwhile
    return provider_->Begin(inquiry, outlet);
  }

  const std::shared_ptr<EventProvider> provider_;
  exec::Scheduler& pool_;
  const exec::Lane lane_;
  const std::string name_space_;
  exec::TaskSlot slot_;

  Mutex mutex_;  // before the pool's
  std::vector<std::shared_ptr<Member>> members_ WMI_GUARDED_BY(mutex_);
  std::shared_ptr<EventOutlet> outlet_ WMI_GUARDED_BY(mutex_);  // while the provider is loaded
  bool is_scheduled_ WMI_GUARDED_BY(mutex_) = false;
};

class ProviderFeeds::Joined final : public Membership {
 public:
  Joined(std::shared_ptr<Feed> feed, std::shared_ptr<Feed::Member> member)
      : feed_(std::move(feed)), member_(std::move(member)) {}
  ~Joined() override { feed_->Leave(*member_); }

 private:
  const std::shared_ptr<Feed> feed_;
  const std::shared_ptr<Feed::Member> member_;
};

std::unique_ptr<ProviderFeeds::Membership> ProviderFeeds::Join(const std::shared_ptr<EventProvider>& provider,
                                                               Audience audience) {
  const std::shared_ptr<Feed> feed = FindOrMake(provider, audience.session);
  return std::make_unique<Joined>(feed, feed->Join(++last_id_, std::move(audience)));
}

std::shared_ptr<ProviderFeeds::Feed> ProviderFeeds::FindOrMake(const std::shared_ptr<EventProvider>& provider,
                                                               const SessionPtr& session) {
  MutexLock lock(mutex_);
  std::erase_if(feeds_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<Feed>& place = feeds_[provider.get()];
  std::shared_ptr<Feed> feed = place.lock();
  if (!feed) {
    Engine& engine = session->engine();
    feed = std::make_shared<Feed>(provider, engine.provider_pool(), engine.runtime().NewLane(),
                                  session->name_space()->name());
    place = feed;
  }
  return feed;
}

}  // namespace wmi::engine
