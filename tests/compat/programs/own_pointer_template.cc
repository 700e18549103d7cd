// A program's own smart pointer over __uuidof, and interface pointers in containers and threads of the standard library.
#include <windows.h>
#include <wbemidl.h>
#include <memory>
#include <stdio.h>
#include <string>
#include <thread>
#include <vector>
#include "sample_class.h"

template <class T, const IID *piid = &__uuidof(T)>
class com_ptr_t
{
    T *p;
public:
    com_ptr_t() : p(nullptr) {}
    com_ptr_t(const com_ptr_t &other) : p(other.p) { if (p) p->AddRef(); }
    explicit com_ptr_t(IUnknown *other) : p(nullptr) { if (other) other->QueryInterface(*piid, (void **)&p); }
    ~com_ptr_t() { if (p) p->Release(); }
    com_ptr_t &operator=(com_ptr_t other) { std::swap(p, other.p); return *this; }
    T **operator&() { return &p; }
    T *operator->() const { return p; }
    operator T *() const { return p; }
};

struct Releaser { void operator()(IUnknown *p) const { if (p) p->Release(); } };
template <class T> using com_unique = std::unique_ptr<T, Releaser>;

int main()
{
    com_unique<IWbemServices> services(sample::Open());
    if (!services) return 1;
    std::vector<com_ptr_t<IWbemClassObject>> objects;
    IEnumWbemClassObject *raw = nullptr;
    services->ExecQuery(BSTR(L"WQL"), BSTR(L"SELECT Name, Number FROM Compat_Item WHERE Number >= 2"), WBEM_FLAG_FORWARD_ONLY, nullptr, &raw);
    com_unique<IEnumWbemClassObject> results(raw);
    for (;;)
    {
        com_ptr_t<IWbemClassObject> object;
        ULONG count = 0;
        if (results->Next(WBEM_INFINITE, 1, &object, &count) != WBEM_S_NO_ERROR) break;
        objects.push_back(object);
    }
    long total = 0;
    std::thread worker([&] {
        CoInitializeEx(nullptr, COINIT_MULTITHREADED);
        for (auto &object : objects)
        {
            VARIANT v;
            if (SUCCEEDED(object->Get(L"Number", 0, &v, nullptr, nullptr))) total += v.lVal;
        }
        CoUninitialize();
    });
    worker.join();
    com_ptr_t<IUnknown> unknown(services.get());
    printf("%u objects, total %ld, %d\n", (unsigned)objects.size(), total, (IUnknown *)unknown != nullptr);
    return 0;
}
