#include "wmi/row_stream.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

namespace wmi::cli {
namespace {

using Stream = com::ComPtr<RowStream>;

bool Readable(const Stream& stream) {
  pollfd polled = {stream->descriptor(), POLLIN, 0};
  return ::poll(&polled, 1, 0) == 1;
}

// Objects play no part here: NULL stands for each.
HRESULT Indicate(const Stream& stream, long count) {
  std::vector<IWbemClassObject*> objects(static_cast<std::size_t>(count));
  return stream->Indicate(count, objects.data());
}

TEST(RowStreamTest, HandsOverObjectsAndThenTheOutcome) {
  const Stream stream = Stream::Adopt(new RowStream);
  EXPECT_FALSE(Readable(stream));
  EXPECT_EQ(Indicate(stream, 2), WBEM_S_NO_ERROR);
  EXPECT_TRUE(Readable(stream));
  RowStream::Taken taken = stream->Take();
  EXPECT_EQ(taken.objects.size(), 2u);
  EXPECT_FALSE(taken.outcome);
  EXPECT_FALSE(Readable(stream));

  EXPECT_EQ(stream->SetStatus(WBEM_STATUS_PROGRESS, static_cast<HRESULT>((4u << 16) | 1u), nullptr, nullptr), 0);
  EXPECT_EQ(stream->Take().percent, 25);
  stream->SetStatus(WBEM_STATUS_COMPLETE, WBEM_E_NOT_FOUND, nullptr, nullptr);
  EXPECT_TRUE(Readable(stream));
  taken = stream->Take();
  ASSERT_TRUE(taken.outcome);
  EXPECT_EQ(taken.outcome->code, WBEM_E_NOT_FOUND);
}

TEST(RowStreamTest, AFullQueueWaitsForTheReader) {
  const Stream stream = Stream::Adopt(new RowStream);
  ASSERT_EQ(Indicate(stream, static_cast<long>(RowStream::kQueuedObjectsMax)), WBEM_S_NO_ERROR);
  std::atomic<bool> delivered = false;
  std::thread deliverer([&] {
    EXPECT_EQ(Indicate(stream, 1), WBEM_S_NO_ERROR);
    delivered = true;
  });
  EXPECT_FALSE(delivered);
  EXPECT_EQ(stream->Take().objects.size(), RowStream::kQueuedObjectsMax);
  deliverer.join();
  EXPECT_EQ(stream->Take().objects.size(), 1u);
}

TEST(RowStreamTest, CloseEndsTheWaitAndTheCall) {
  const Stream stream = Stream::Adopt(new RowStream);
  ASSERT_EQ(Indicate(stream, static_cast<long>(RowStream::kQueuedObjectsMax)), WBEM_S_NO_ERROR);
  std::thread deliverer([&] { EXPECT_EQ(Indicate(stream, 1), WBEM_E_CALL_CANCELLED); });
  stream->Close();
  deliverer.join();
  EXPECT_TRUE(stream->Take().objects.empty());
  EXPECT_EQ(Indicate(stream, 1), WBEM_E_CALL_CANCELLED);
}

TEST(RowStreamTest, AnswersForTheTwoInterfacesOfASink) {
  const Stream stream = Stream::Adopt(new RowStream);
  IUnknown* unknown = nullptr;
  ASSERT_EQ(stream->QueryInterface(IID_IUnknown, reinterpret_cast<void**>(&unknown)), S_OK);
  unknown->Release();
  void* other = stream.get();
  EXPECT_EQ(stream->QueryInterface(IID_IWbemServices, &other), E_NOINTERFACE);
  EXPECT_EQ(other, nullptr);
}

}  // namespace
}  // namespace wmi::cli
